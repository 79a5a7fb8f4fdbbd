/** Repeats of idempotent requests of whose body nothing was sent, after a failure of the connection; once at most. */
export interface Retries {
  /** Repeats in percent of the requests of the last ten seconds, 0 to 100; 0 switches them off. Default: 20. */
  budgetPercent?: number;
}

/** A circuit breaker for each name of the third party and each pod. An open one answers 503 at once. */
export interface CircuitBreaker {
  /** Failures in a row (no connection, no response, 5xx) that open it. Default: 10. */
  failures?: number;
  /** How long until one request probes whether it can close. Default: `10s`. */
  reset?: string;
}

/** A token bucket in each pod; an empty one answers 429. */
export interface RateLimit {
  /** Requests in `period`. */
  requests: number;
  /** Default: `1s`. */
  period?: string;
  /** Requests that may come at once. Default: `requests`. */
  burst?: number;
}

/** Largest bodies, in bytes. */
export interface BodyLimits {
  /** Of a request; a larger one is answered 413. Default: no limit. */
  request?: number;
  /** Of a response; a larger one is cut. Default: no limit. */
  response?: number;
}

/** Time limits of one upstream: an integer and `ms`, `s`, `m` or `h`; more than 0 and at most 24 h. */
export interface Timeouts {
  /** TCP connection and TLS handshake. Default: `5s`. */
  connect?: string;
  /**
   * From the request's last byte to the response's headers. Language models without streaming may need minutes: then
   * give `10m`, because their SDKs repeat a request that got 504. Default: `60s`.
   */
  response?: string;
  /**
   * Between two pieces of a body; of a WebSocket connection, when one side has ended or does not take what the other
   * sends. Default: `60s`.
   */
  idle?: string;
  /**
   * Between two pieces of a stream: server-sent events (`text/event-stream`), gRPC, JSON lines, or a WebSocket
   * connection, in either direction. Default: `1h`.
   */
  stream?: string;
  /** From the request's headers to the response's end; cuts streams. Default: no limit. */
  total?: string;
  /** After which a WebSocket connection is closed, however busy. Default: `1h`. */
  websocket?: string;
}
