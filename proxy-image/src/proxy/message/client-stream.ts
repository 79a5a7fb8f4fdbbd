import type { Duplex } from "node:stream";
import type { BodySource } from "./body";

/** Remote and local address of a connection. */
export interface Peer {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localAddress: string | undefined;
}

/** The part of a client's connection that connections to third parties depend on. */
export interface ClientHandle {
  /**
   * Calls back once the client's connection has ended.
   *
   * @returns a function that removes the listener
   */
  onClose(listener: () => void): () => void;
}

/** The client's side of one request: who sends it, and its body. */
export interface ClientStream extends BodySource, ClientHandle {
  readonly peer: Peer;
  /** The connection's bytes, if the request asks for another protocol; undefined for every other request. */
  readonly switched: SwitchedConnection | undefined;
  /** Ends the stream at once, without a response: HTTP/1.1 closes the connection. */
  abort(): void;
}

/** A connection whose bytes are no longer parsed as HTTP. */
export interface SwitchedConnection {
  readonly socket: Duplex;
  /** Bytes that arrived after the request. */
  readonly head: Buffer;
}
