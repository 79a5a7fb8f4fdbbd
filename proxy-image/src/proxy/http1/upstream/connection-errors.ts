/** The third party closed the connection, or it broke, before the response's end. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
  readonly code = "ECONNRESET";
}

/** A response whose body ends with the connection ended without TLS's close_notify, so part of it may be missing. */
export class TruncatedResponseError extends Error {
  override readonly name = "TruncatedResponseError";
  readonly code = "RESPONSE_TRUNCATED";
}
