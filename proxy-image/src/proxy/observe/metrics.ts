import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { Failure } from "../errors/failures";
import type { Exchange } from "../exchange/exchange";
import type { BreakerState } from "../upstream/breaker";
import type { ConnectObserver } from "../upstream/connect/connector";
import { createRequestMetrics } from "./request-metrics";
import { BUCKETS } from "./series";

/** The metrics of the admin port's `/metrics`. */
export interface Metrics extends ConnectObserver {
  readonly registry: Registry;
  ended(exchange: Exchange): void;
  failed(entry: string, failure: Failure): void;
}

/** Values that are read when metrics are requested. */
export interface Gauges {
  readonly inFlight: () => number;
  readonly breakers: () => Iterable<[entry: string, state: BreakerState]>;
}

/**
 * Labels are the policy's entries, methods, statuses and meshed clients; never a path or a name that a client chose.
 */
export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = createRequestMetrics(registry);
  const failures = new Counter({
    name: "egress_failures_total",
    help: "Requests that did not end with the third party's whole response, by reason and Proxy-Status (RFC 9209) error.",
    labelNames: ["upstream", "failure", "proxy_status"],
    registers,
  });
  const cancelled = new Counter({
    name: "egress_cancelled_total",
    help: "Requests whose client left before the response's end.",
    labelNames: ["upstream"],
    registers,
  });
  const lookups = new Counter({
    name: "egress_dns_lookups_total",
    help: "Questions for a third party's addresses: from memory (hit), from DNS (miss), old ones because DNS failed (stale), none (error).",
    labelNames: ["result"],
    registers,
  });
  const lookupDuration = new Histogram({
    name: "egress_dns_lookup_duration_seconds",
    help: "Time that DNS took.",
    buckets: BUCKETS,
    registers,
  });
  const expiry = new Gauge({
    name: "egress_upstream_certificate_expiry_timestamp_seconds",
    help: "When the certificate that the third party showed last expires.",
    labelNames: ["upstream"],
    registers,
  });
  new Gauge({
    name: "http_server_active_requests",
    help: "Requests in flight.",
    registers,
    collect() {
      this.set(gauges.inFlight());
    },
  });
  new Gauge({
    name: "egress_circuit_breaker_open",
    help: "0 closed, 0.5 half-open, 1 open; the worst where a wildcard has several names.",
    labelNames: ["upstream"],
    registers,
    collect() {
      for (const [upstream, state] of gauges.breakers()) {
        this.set({ upstream }, state === "open" ? 1 : state === "half-open" ? 0.5 : 0);
      }
    },
  });

  const failed = (upstream: string, { name, proxyStatus }: Failure): void =>
    failures.inc({ upstream, failure: name, proxy_status: proxyStatus });

  return {
    registry,
    ended(exchange) {
      const { destination, failure } = exchange;
      const upstream = destination?.route.entry ?? "none";
      requests.ended(upstream, exchange);
      if (failure) failed(upstream, failure);
      else if (exchange.cancelled) cancelled.inc({ upstream });
    },
    failed,
    lookup(result, milliseconds) {
      lookups.inc({ result });
      if (milliseconds > 0) lookupDuration.observe(milliseconds / 1_000);
    },
    connected(upstream, expires) {
      expiry.set({ upstream }, expires);
    },
  };
}
