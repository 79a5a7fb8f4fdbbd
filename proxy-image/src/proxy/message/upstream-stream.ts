import type { ClientHandle } from "./client-stream";
import type { ResponseSink } from "./response-head";

/** Who may use a connection. */
export interface Binding {
  /** The client's connection; when it ends, connections bound to it end too. */
  readonly client: ClientHandle;
  /**
   * The client's identity. A sidecar sends requests of several clients over one connection, so the connection alone
   * does not identify the client.
   */
  readonly identity: string;
}

/** The head of a request that goes to a third party. */
export interface OutgoingHead {
  readonly method: string;
  /** Origin-form, or `*`. */
  readonly target: string;
  /** Host, with the port if it is not 443. */
  readonly authority: string;
  /** Flat: name, value, ... Without Host, framing and Expect. */
  readonly fields: readonly string[];
  /** What follows the head: nothing, bytes of a known length, or bytes whose end is marked. */
  readonly body: "none" | { readonly length: number | undefined };
  /** Whether to wait for the third party's `100 Continue` before the body is sent. */
  readonly expectContinue: boolean;
  /** Whether no other request may follow on this connection. */
  readonly last: boolean;
  /** Whether it may be sent twice without harm: idempotent, and without a body. */
  readonly repeatable: boolean;
}

/** Handles one request: supplies what is to be sent, and receives the response. */
export interface UpstreamHandler extends ResponseSink {
  /** The client of the request. */
  readonly binding: Binding;
  /** A stream is available, and nothing has been sent: time to call `begin`. */
  onStream(stream: UpstreamStream): void;
  /** All that has arrived has been passed to the handler. */
  onRead(): void;
  /** The stream takes more, after `write` has returned false. */
  onDrain(): void;
  /** The head has been sent, and a body is announced: time to begin with it. */
  onSent(): void;
  /**
   * There will be no response, or no more of it.
   *
   * @param sent whether anything of the request may have reached the third party. If nothing has, the connection has
   * served other requests before, and this one can be sent over another connection
   */
  onFailure(error: Error, sent: boolean): void;
}

/** When the phases of connecting ended, on `performance.now()`'s clock. */
export interface ConnectPhases {
  /** The name had addresses. */
  readonly resolved: number;
  /** TCP was connected. */
  readonly connected: number;
  /** TLS was established, and the certificate verified. */
  readonly secured: number;
}

/** The third party's side of one request. */
export interface UpstreamStream {
  /** How the connection was made; undefined if it has served a request before. */
  readonly phases: ConnectPhases | undefined;
  /**
   * Sends the head, at the end of the event-loop iteration. The body that it announces must follow, from `onSent` on,
   * and then `end`.
   */
  begin(handler: UpstreamHandler, head: OutgoingHead): void;
  /**
   * @param then called when the piece is not needed any more
   * @returns false if it takes no more for now; then `onDrain` tells when it does
   */
  write(piece: Buffer, then?: () => void): boolean;
  /** The whole request has been written. @param trailers pairs; dropped if the body has a length */
  end(trailers: readonly (readonly [string, string])[]): void;
  /** Stops reading the response. */
  pause(): void;
  resume(): void;
  /** The piece that was just passed to the handler is still needed after the call. */
  keep(): void;
  /** From now on only this client may use the connection, because the third party may have authenticated it here. */
  bind(binding: Binding): void;
  /** Ends the stream at once; its handler gets no further calls. */
  destroy(): void;
}
