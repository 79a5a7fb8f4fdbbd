/** The response to one request, on its way to the client. */
export interface ResponseWriter {
  /** 0 before its head. */
  readonly status: number;
  readonly begun: boolean;
  /** Its last byte has been written. */
  readonly ended: boolean;
  /** Some of what was written has not been taken by the network. */
  readonly pending: boolean;
  /** The client can be given trailers. */
  readonly takesTrailers: boolean;
  /** Takes no further request on this connection; before `begin`. */
  close(): void;
  /**
   * @param fields flat; among them at most one Content-Length, and no other framing
   * @param phrase reason phrase, where the protocol has one; default: the status' registered one
   */
  begin(status: number, fields: readonly string[], phrase?: string): void;
  /** @returns false when the client does not take more for now; its stream tells when it does */
  write(piece: Buffer): boolean;
  /** Sends what waits for more. */
  flush(): void;
  /**
   * @param body the whole body, as latin1, where nothing of it has been written
   * @param trailers pairs; only where `takesTrailers`
   */
  end(body?: string, trailers?: readonly (readonly [string, string])[]): void;
  /** Gives leave to send the body, once, to a client that has asked for it (RFC 9110 §10.1.1). */
  continue(): void;
  /** 103, where the client's protocol knows interim responses. */
  earlyHints(fields: readonly string[]): void;
  /**
   * Takes back a head of which nothing has been sent, so that another can take its place.
   *
   * @returns false where some of it has been sent
   */
  withdraw(): boolean;
  /** Sends what there is and ends the stream visibly in the middle of the response. */
  abort(): void;
}
