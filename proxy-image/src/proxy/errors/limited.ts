import { close, failure } from "./failure";

// Requests that exceed a limit, for now or in principle.

export const requestTooLarge = failure(
  "request-too-large",
  413,
  "http_request_denied",
  "The request's body is larger than the upstream's limit.",
  "`maxBodyBytes` of the upstream is the limit.",
);
export const requestStalled = failure(
  "request-stalled",
  408,
  "http_request_error",
  "The request's body stopped in the middle.",
  "`timeouts.idle` of the upstream is the limit.",
  close,
);
export const rateLimited = failure(
  "rate-limited",
  429,
  "http_request_denied",
  "More requests than the upstream's `rateLimit` allows.",
  "Wait as Retry-After says, then repeat the request.",
);
export const upstreamBusy = failure(
  "upstream-busy",
  503,
  "connection_limit_reached",
  "As many requests as the upstream allows are in flight.",
  "Wait as Retry-After says, then repeat the request; `maxRequests` and `maxConnections` of the upstream are the limits.",
  { headers: ["Retry-After", "1"] },
);
export const clientBusy = failure(
  "client-busy",
  503,
  "connection_limit_reached",
  "As many of this client's requests as the upstream allows are in flight.",
  "Wait as Retry-After says, then repeat the request; `maxRequestsPerClient` of the upstream is the limit.",
  { headers: ["Retry-After", "1"] },
);
export const circuitOpen = failure(
  "circuit-open",
  503,
  "destination_unavailable",
  "The third party has failed too often in a row, and is left alone for a while.",
  "Wait as Retry-After says; `circuitBreaker` of the upstream says how often and how long.",
);
export const overloaded = failure(
  "overloaded",
  503,
  "connection_limit_reached",
  "This pod has as many requests in flight as it can carry.",
  "Wait as Retry-After says, then repeat the request; if it lasts, add replicas.",
  { headers: ["Retry-After", "1"] },
);
export const totalTimeout = failure(
  "total-timeout",
  504,
  "http_response_timeout",
  "The request and its response took too long.",
  "`timeouts.total` of the upstream is the limit.",
);
