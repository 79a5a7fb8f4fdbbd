import type { ClientStream, Peer } from "../../message/client-stream";
import type { RequestHead } from "../../message/request-head";
import type { ResponseWriter } from "../../message/response-writer";

/** Something came that is no request. */
export type Unreadable =
  | { readonly kind: "malformed"; readonly error: Error }
  /** @property milliseconds that a head may take */
  | { readonly kind: "late"; readonly milliseconds: number }
  /** There is no memory for more heads that do not end. */
  | { readonly kind: "crowded" }
  | { readonly kind: "http2" };

/**
 * What a connection tells its server. The server's own object for a request, `T`, is passed back to it unread.
 */
export interface RequestHandler<T> {
  /** A request has come. */
  begin(head: RequestHead, response: ResponseWriter, stream: ClientStream): T;
  /** Decides it; only now, so that what `begin` made is known here. */
  decide(request: T): void;
  /** The client takes more of the response. */
  onDrain(request: T): void;
  /** What comes of the body breaks its coding. */
  onBodyError(request: T, error: Error): void;
  /** Whether it goes on though the client has ended its side. */
  outlivesClientEnd(request: T): boolean;
  /** Its response has been sent, or can't be any more. */
  onEnd(request: T): void;
  /**
   * Something came that is no request: responds to it.
   *
   * @param bytes what has come of it
   * @returns for HTTP/2, what to tell its client
   */
  onUnreadable(what: Unreadable, bytes: Buffer, peer: Peer, response: ResponseWriter): string | undefined;
}
