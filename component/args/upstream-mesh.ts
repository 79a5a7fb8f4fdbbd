/**
 * Linkerd's reliability features for one upstream, as annotations of its Service and, for retries, HTTPRoutes. Retries
 * therefore need the Gateway API's CRDs, as Linkerd does. Linkerd silently ignores an invalid value; here it is an
 * error.
 */
export interface UpstreamMesh {
  /** Retries of requests whose response was an error. Default: none. */
  retries?: MeshRetries;
  /** Stops requests to proxy pods that respond with errors for this upstream. Default: none. */
  circuitBreaker?: MeshCircuitBreaker;
  /** Time limits. Default: none. */
  timeouts?: MeshTimeouts;
}

/**
 * Retries by the client's sidecar. It retries even if the third party has acted on the request, and can't retry a body
 * beyond 64 KiB.
 */
export interface MeshRetries {
  /**
   * Statuses of responses that are retried: `503`, `502-504`, `5xx`, or `gateway-error`, which is 502 to 504; 400 to
   * 599.
   */
  statuses: string[];
  /** Maximum number of retries of one request, 1 to 10. Default: 1. */
  limit?: number;
  /** How long one attempt may take before it counts as failed. Default: no limit. */
  timeout?: string;
  /** Methods that are retried; if POST is among them, the third party may charge twice. Default: GET and HEAD. */
  methods?: string[];
}

/** For each client's sidecar and each proxy pod, by consecutive 5xx; the proxy's own responses count too. */
export interface MeshCircuitBreaker {
  /** Failures in a row after which a pod gets no requests for a while. Default: 7. */
  maxFailures?: number;
  /** How long the first time. Default: `1s`. */
  minPenalty?: string;
  /** How long at most; the time doubles with every failed probe. Default: `1m`. */
  maxPenalty?: string;
  /** Random share that is added to each time, 0 to 100 times it. Default: 0.5. */
  jitterRatio?: number;
}

/** Time limits of the client's sidecar. `request` and `response` also end responses that stream. */
export interface MeshTimeouts {
  /** Time without a byte in either direction. Default: no limit. */
  idle?: string;
  /** From the request's beginning to the response's end, for all attempts together. Default: no limit. */
  request?: string;
  /** From the request's end to the response's end, for one attempt. Default: no limit. */
  response?: string;
}
