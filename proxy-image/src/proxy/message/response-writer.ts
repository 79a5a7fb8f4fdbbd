/** Writes the response to one request. */
export interface ResponseWriter {
  /** 0 before the head has been written. */
  readonly status: number;
  readonly begun: boolean;
  /** Its last byte has been written. */
  readonly ended: boolean;
  /** Some of what was written has not been handed to the network. */
  readonly pending: boolean;
  /** The client can receive trailers. */
  readonly takesTrailers: boolean;
  /** Accepts no further request on this connection; to be called before `begin`. */
  close(): void;
  /**
   * @param fields flat; among them at most one Content-Length, and no other framing
   * @param phrase reason phrase, if the protocol has one; default: the status' registered one
   */
  begin(status: number, fields: readonly string[], phrase?: string): void;
  /** @returns false if the client takes no more for now; its stream tells when it does */
  write(piece: Buffer): boolean;
  /** Sends what has been written and is still held. */
  flush(): void;
  /**
   * @param body the whole body, as latin1, if nothing of it has been written
   * @param trailers pairs; only if `takesTrailers`
   */
  end(body?: string, trailers?: readonly (readonly [string, string])[]): void;
  /** Sends `100 Continue`, once, to a client that has asked for it (RFC 9110 §10.1.1). */
  continue(): void;
  /** Sends 103, if the client's protocol has interim responses. */
  earlyHints(fields: readonly string[]): void;
  /**
   * Discards a head that has not been sent, so that another can replace it.
   *
   * @returns false if some of it has been sent
   */
  withdraw(): boolean;
  /** Sends what has been written and ends the stream, so that the client sees that the response is incomplete. */
  abort(): void;
}
