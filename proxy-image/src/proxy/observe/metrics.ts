import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { Failure } from "../errors/failures";
import type { Exchange } from "../exchange";

/** Seconds; the buckets of OpenTelemetry's HTTP conventions. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** RFC 9110's and PATCH; any other is one label value, or callers could make metrics without end. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** What the admin port's `/metrics` tells. */
export interface Metrics {
  readonly registry: Registry;
  ended(exchange: Exchange): void;
  failed(entry: string, failure: Failure): void;
}

type Observe = (seconds: number) => void;

/** Labels are the policy's entries, methods and statuses; never a path or a name that a caller chose. */
export function createMetrics(inFlight: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: "http_server_request_duration_seconds",
    help: "From a request's headers to the end of its answer.",
    labelNames: ["upstream", "http_request_method", "http_response_status_code"],
    buckets: BUCKETS,
    registers: [registry],
  });
  new Gauge({
    name: "http_server_active_requests",
    help: "Requests in flight.",
    registers: [registry],
    collect() {
      this.set(inFlight());
    },
  });
  const failures = new Counter({
    name: "egress_failures_total",
    help: "Requests that did not end with the third party's whole answer, by reason.",
    labelNames: ["upstream", "failure"],
    registers: [registry],
  });
  // prom-client hashes labels at each observation; a child that is kept costs a look-up.
  const children = new Map<string, Observe>();

  const observeOf = (upstream: string, method: string, status: string): Observe => {
    const key = `${method} ${status} ${upstream}`;
    let observe = children.get(key);
    if (!observe) {
      const child = duration.labels({
        upstream,
        http_request_method: method,
        http_response_status_code: status,
      });
      observe = (seconds) => child.observe(seconds);
      children.set(key, observe);
    }
    return observe;
  };

  const failed = (upstream: string, { name }: Failure): void => failures.inc({ upstream, failure: name });
  return {
    registry,
    ended({ req, status: code, destination, failure, startedAt }) {
      const entry = destination?.route.entry ?? "none";
      const method = METHODS.has(req.method ?? "") ? req.method! : "_OTHER";
      const status = code === 0 ? "none" : String(code);
      observeOf(entry, method, status)((performance.now() - startedAt) / 1000);
      if (failure) failed(entry, failure);
    },
    failed,
  };
}
