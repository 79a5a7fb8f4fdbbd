/**
 * Linkerd's reliability features for one upstream, as annotations of its Service and, for retries, HTTPRoutes: so
 * these need the Gateway API's CRDs, as Linkerd does. Linkerd drops a wrong value without a word; here it is an error.
 */
export interface UpstreamMesh {
  /** Repeats of requests that were answered with an error. Default: none. */
  retries?: MeshRetries;
  /** Leaves proxy pods alone that answer with errors for this upstream. Default: none. */
  circuitBreaker?: MeshCircuitBreaker;
  /** Time limits. Default: none. */
  timeouts?: MeshTimeouts;
}

/** Repeats by the client's sidecar. It repeats whatever the third party has done with the request, and can't repeat a body beyond 64 KiB. */
export interface MeshRetries {
  /** Answers that are repeated: `503`, `502-504`, `5xx`, or `gateway-error`, which is 502 to 504; 400 to 599. */
  statuses: string[];
  /** Repeats of one request at most, 1 to 10. Default: 1. */
  limit?: number;
  /** How long one try may take before it counts as failed. Default: no limit. */
  timeout?: string;
  /** Methods that are repeated; with POST among them the third party may be charged twice. Default: GET and HEAD. */
  methods?: string[];
}

/** For each client's sidecar and each proxy pod, by 5xx in a row; the proxy's own answers are among them. */
export interface MeshCircuitBreaker {
  /** Failures in a row after which a pod is left alone. Default: 7. */
  maxFailures?: number;
  /** How long at first. Default: `1s`. */
  minPenalty?: string;
  /** How long at most, as it doubles with every failed probe. Default: `1m`. */
  maxPenalty?: string;
  /** Random share that is added to each, 0 to 100 times. Default: 0.5. */
  jitterRatio?: number;
}

/** Time limits of the client's sidecar. `request` and `response` also cut answers that stream. */
export interface MeshTimeouts {
  /** Without a byte in either direction. Default: no limit. */
  idle?: string;
  /** From the request's beginning to the answer's end, all tries together. Default: no limit. */
  request?: string;
  /** From the request's end to the answer's end, of one try. Default: no limit. */
  response?: string;
}
