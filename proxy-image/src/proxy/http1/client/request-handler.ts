import type { ClientStream, Peer } from "../../message/client-stream";
import type { RequestHead } from "../../message/request-head";
import type { ResponseWriter } from "../../message/response-writer";

/** Why what arrived is not a request. */
export type Unreadable =
  | { readonly kind: "malformed"; readonly error: Error }
  /** @property milliseconds that a head may take */
  | { readonly kind: "late"; readonly milliseconds: number }
  /** The memory for unfinished heads is used up. */
  | { readonly kind: "crowded" }
  | { readonly kind: "http2" };

/**
 * Receives the events of a connection. `T` is the handler's own object for a request; the connection passes it back and
 * does not read it.
 */
export interface RequestHandler<T> {
  /** A request's head has arrived. */
  begin(head: RequestHead, response: ResponseWriter, stream: ClientStream): T;
  /** Decides about the request. Called after `begin`, so that the connection has the object that `begin` returned. */
  decide(request: T): void;
  /** The client takes more of the response. */
  onDrain(request: T): void;
  /** The body's chunked coding is invalid. */
  onBodyError(request: T, error: Error): void;
  /** Whether the request continues after the client has ended its side. */
  outlivesClientEnd(request: T): boolean;
  /** The response has been sent, or can't be sent any more. */
  onEnd(request: T): void;
  /**
   * Responds to bytes that are not a request.
   *
   * @param bytes what has arrived of it
   * @returns for HTTP/2, the text to send to its client
   */
  onUnreadable(what: Unreadable, bytes: Buffer, peer: Peer, response: ResponseWriter): string | undefined;
}
