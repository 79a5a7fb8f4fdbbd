import type { Duplex } from "node:stream";
import type { BodySource } from "./body";

/** Where a connection comes from and where it arrived. */
export interface Peer {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localAddress: string | undefined;
}

/** A client's connection, as far as connections to third parties depend on it. */
export interface ClientHandle {
  /**
   * Calls back once the client's connection has ended.
   *
   * @returns takes that back
   */
  onClose(listener: () => void): () => void;
}

/** The client's side of one request: who sends it, and its body. */
export interface ClientStream extends BodySource, ClientHandle {
  readonly peer: Peer;
  /** The connection's bytes, where the request asks for another protocol; undefined for every other request. */
  readonly switched: SwitchedConnection | undefined;
  /** Ends it at once, without a response: HTTP/1.1 closes the connection. */
  abort(): void;
}

/** A connection that nobody reads as messages any more. */
export interface SwitchedConnection {
  readonly socket: Duplex;
  /** What came behind the request. */
  readonly head: Buffer;
}
