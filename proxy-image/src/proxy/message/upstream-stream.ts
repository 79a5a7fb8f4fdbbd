import type { ClientHandle } from "./client-stream";
import type { ResponseSink } from "./response-head";

/** Who may use a connection. */
export interface Binding {
  /** The client's connection; when it ends, so does what is bound to it. */
  readonly client: ClientHandle;
  /**
   * Who the client is. A sidecar sends requests of several clients over one connection, so the connection alone does
   * not tell.
   */
  readonly identity: string;
}

/** The head of a request that goes to a third party. */
export interface OutgoingHead {
  readonly method: string;
  /** Origin-form, or `*`. */
  readonly target: string;
  /** Host, and port where it is not 443. */
  readonly authority: string;
  /** Flat: name, value, ... Without Host, framing and Expect. */
  readonly fields: readonly string[];
  /** What follows: nothing, bytes of a length, or bytes whose end is marked. */
  readonly body: "none" | { readonly length: number | undefined };
  /** Whether the third party's leave is asked for before the body goes. */
  readonly expectContinue: boolean;
  /** Whether no other request may come behind it on this connection. */
  readonly last: boolean;
  /** Whether it may be sent twice without harm: idempotent, and without a body. */
  readonly repeatable: boolean;
}

/** One request, as its stream sees it: what is to be sent, and who gets the response. */
export interface UpstreamHandler extends ResponseSink {
  /** Who asks. */
  readonly binding: Binding;
  /** There is a stream, and nothing has been sent: the moment to begin. */
  onStream(stream: UpstreamStream): void;
  /** All that has come has been handed over. */
  onRead(): void;
  /** The stream takes more, after `write` said that it had enough. */
  onDrain(): void;
  /** The head has gone, and a body is expected: the moment to begin with it. */
  onSent(): void;
  /**
   * There will be no response, or no more of it.
   *
   * @param sent whether anything of the request may have reached the third party. Where nothing has, the connection had
   *   served others before, and the request can go over another one
   */
  onFailure(error: Error, sent: boolean): void;
}

/** The third party's side of one request. */
export interface UpstreamStream {
  /**
   * Sends the head, at the end of the event-loop iteration. What it announces of a body must follow, from `onSent` on,
   * and `end` behind it.
   */
  begin(handler: UpstreamHandler, head: OutgoingHead): void;
  /**
   * @param then is called when the piece is not needed any more
   * @returns false when it has enough: then `onDrain` tells when it takes more
   */
  write(piece: Buffer, then?: () => void): boolean;
  /** The request has been written to its end. @param trailers pairs; dropped where the body has a length */
  end(trailers: readonly (readonly [string, string])[]): void;
  /** Stops reading the response. */
  pause(): void;
  resume(): void;
  /** The piece that was just handed over is still needed. */
  keep(): void;
  /** From now on only this client may use the connection, because the third party may know it by name here. */
  bind(binding: Binding): void;
  /** Ends it at once; its handler is told nothing more. */
  destroy(): void;
}
