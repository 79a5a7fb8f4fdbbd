/**
 * Retries of idempotent requests, of whose body nothing was sent, after a failure of the connection; at most one each.
 */
export interface Retries {
  /** Retries in percent of the requests of the last ten seconds, 0 to 100; 0 disables them. Default: 20. */
  budgetPercent?: number;
}

/** A circuit breaker for each name of the third party and each pod. While it is open, the response is 503 at once. */
export interface CircuitBreaker {
  /** Failures in a row (no connection, no response, 5xx) that open it. Default: 10. */
  failures?: number;
  /** How long until one request probes whether it can close. Default: `10s`. */
  reset?: string;
}

/** A token bucket in each pod; if it is empty, the response is 429. */
export interface RateLimit {
  /** Requests in `period`. */
  requests: number;
  /** Default: `1s`. */
  period?: string;
  /** Requests that may arrive at once. Default: `requests`. */
  burst?: number;
}

/** Largest bodies, in bytes. */
export interface BodyLimits {
  /** Of a request; the response to a larger one is 413. Default: no limit. */
  request?: number;
  /** Of a response; a larger one is aborted. Default: no limit. */
  response?: number;
}

/** Time limits of one upstream: an integer and `ms`, `s`, `m` or `h`; more than 0 and at most 24 h. */
export interface Timeouts {
  /** TCP connection and TLS handshake. Default: `5s`. */
  connect?: string;
  /**
   * From the request's last byte to the response's header fields. Language models without streaming may need minutes:
   * then set `10m`, because their SDKs retry a request that got 504. Default: `60s`.
   */
  response?: string;
  /**
   * Between two pieces of a body. Also for a WebSocket connection, once one side has ended or does not take what the
   * other sends. Default: `60s`.
   */
  idle?: string;
  /**
   * Between two pieces of a stream: server-sent events (`text/event-stream`), gRPC, JSON lines, or a WebSocket
   * connection, in either direction. Default: `1h`.
   */
  stream?: string;
  /** From the request's header fields to the response's end; also ends streams. Default: no limit. */
  total?: string;
  /** Maximum age of a WebSocket connection, even if it is in use. Default: `1h`. */
  websocket?: string;
}
