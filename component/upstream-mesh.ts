import type { MeshCircuitBreaker, MeshTimeouts, UpstreamMesh } from "./args/upstream-mesh";

/** Methods that RFC 9110 §9.2.1 calls safe and that request content. */
const REPEATED = ["GET", "HEAD"];

type Annotations = Record<string, string>;

/** An HTTPRoute of an upstream's Service (gateway.networking.k8s.io/v1), without its parent. */
export interface MeshRoute {
  /** Distinguishes it from the Service's other routes. */
  readonly name: "retried" | "other";
  readonly annotations: Annotations;
  readonly matches: object[];
}

/**
 * Annotations of an upstream's Service. Retries are not among them: Linkerd's routes inherit what they don't set, so
 * POST would be retried too.
 */
export function serviceAnnotations({ circuitBreaker, timeouts }: UpstreamMesh = {}): Annotations {
  return { ...timeoutAnnotations(timeouts), ...(circuitBreaker && breakerAnnotations(circuitBreaker)) };
}

/**
 * Routes that retry some methods only; none without retries. The response to a request that matches none of a Service's
 * routes is 404, so the route for all other requests must be created first.
 */
export function meshRoutes({ retries }: UpstreamMesh = {}): MeshRoute[] {
  if (!retries) return [];
  const { statuses, limit = 1, timeout, methods = REPEATED } = retries;
  const retry: Annotations = {
    // Without spaces: with spaces Linkerd reads no status.
    "retry.linkerd.io/http": statuses.join(","),
    "retry.linkerd.io/limit": `${limit}`,
    ...(timeout !== undefined && { "retry.linkerd.io/timeout": timeout }),
  };
  return [
    { name: "other", annotations: {}, matches: [{ path: { type: "PathPrefix", value: "/" } }] },
    { name: "retried", annotations: retry, matches: methods.map((method) => ({ method })) },
  ];
}

function timeoutAnnotations(timeouts: MeshTimeouts = {}): Annotations {
  const { idle, request, response } = timeouts;
  return prefixed("timeout.linkerd.io/", { idle, request, response });
}

function breakerAnnotations(breaker: MeshCircuitBreaker): Annotations {
  return {
    "balancer.linkerd.io/failure-accrual": "consecutive",
    ...prefixed("balancer.linkerd.io/failure-accrual-consecutive-", {
      "max-failures": breaker.maxFailures,
      "min-penalty": breaker.minPenalty,
      "max-penalty": breaker.maxPenalty,
      "jitter-ratio": breaker.jitterRatio,
    }),
  };
}

/** Values that are not given keep Linkerd's default. */
function prefixed(prefix: string, values: Record<string, string | number | undefined>): Annotations {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      value === undefined ? [] : [[`${prefix}${key}`, String(value)]],
    ),
  );
}
