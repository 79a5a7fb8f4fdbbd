import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import { PROXY_METRICS } from "../../contract/metrics/metrics";
import type { Failure } from "../errors/failures";
import type { Exchange } from "../exchange/exchange";
import type { ConnectObserver } from "../upstream/connect/connector";
import { type Gauges, createGauges } from "./gauges";
import { createRequestMetrics } from "./request-metrics";
import { BUCKETS } from "./series";

/** The metrics of the admin port's `/metrics`. */
export interface Metrics extends ConnectObserver {
  readonly registry: Registry;
  ended(exchange: Exchange): void;
  failed(entry: string, failure: Failure): void;
}

/**
 * Labels are the policy's entries, methods, statuses and meshed clients; never a path or a name that a client chose.
 */
export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = createRequestMetrics(registry);
  const failures = new Counter({ ...PROXY_METRICS.failures, registers });
  const cancelled = new Counter({ ...PROXY_METRICS.cancelled, registers });
  const lookups = new Counter({ ...PROXY_METRICS.lookups, registers });
  const lookupDuration = new Histogram({ ...PROXY_METRICS.lookupDuration, buckets: BUCKETS, registers });
  const expiry = new Gauge({ ...PROXY_METRICS.certificateExpiry, registers });
  createGauges(registry, gauges);

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
    connected(upstream, _host, { validTo }) {
      expiry.set({ upstream }, Date.parse(validTo) / 1_000);
    },
  };
}
