import { STATUS_CODES } from "node:http";
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { Failure } from "../errors/failures";
import type { Exchange } from "../exchange";
import type { BreakerState } from "../limit/breaker";
import type { DialObserver } from "../upstream/dialler";

/** Seconds; the buckets of OpenTelemetry's HTTP conventions. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** RFC 9110's and PATCH; any other is one label value, or callers could make metrics without end. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
/** Service accounts that get a label value of their own; beyond, all are one. */
const MOST_CLIENTS = 1_000;
/** Label value for what has none of its own. */
const OTHER = "_OTHER";

/** What the admin port's `/metrics` tells. */
export interface Metrics extends DialObserver {
  readonly registry: Registry;
  ended(exchange: Exchange): void;
  failed(entry: string, failure: Failure): void;
}

/** What is looked at when metrics are asked for. */
export interface Gauges {
  readonly inFlight: () => number;
  readonly breakers: () => Iterable<[entry: string, state: BreakerState]>;
}

/** The metrics of one combination of labels: kept, because prom-client hashes labels at each observation. */
interface Series {
  server(seconds: number): void;
  client(seconds: number): void;
}

/** Labels are the policy's entries, methods, statuses and meshed callers; never a path or a name that a caller chose. */
export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const http = ["upstream", "http_request_method", "http_response_status_code"];
  const server = new Histogram({
    name: "http_server_request_duration_seconds",
    help: "From a request's headers to the end of its answer.",
    labelNames: http,
    buckets: BUCKETS,
    registers,
  });
  const client = new Histogram({
    name: "http_client_request_duration_seconds",
    help: "From a request's headers to those of the third party's answer.",
    labelNames: http,
    buckets: BUCKETS,
    registers,
  });
  const requests = new Counter({
    name: "egress_requests_total",
    help: "Requests by calling service account (namespace/name; none without a mesh) and class of status.",
    labelNames: ["upstream", "client", "status"],
    registers,
  });
  const received = new Counter({
    name: "egress_request_bytes_total",
    help: "Bytes of request bodies.",
    labelNames: ["upstream"],
    registers,
  });
  const sent = new Counter({
    name: "egress_response_bytes_total",
    help: "Bytes of answers' bodies.",
    labelNames: ["upstream"],
    registers,
  });
  const failures = new Counter({
    name: "egress_failures_total",
    help: "Requests that did not end with the third party's whole answer, by reason and Proxy-Status (RFC 9209) error.",
    labelNames: ["upstream", "failure", "proxy_status"],
    registers,
  });
  const abandoned = new Counter({
    name: "egress_abandoned_total",
    help: "Requests whose caller left before the answer's end.",
    labelNames: ["upstream"],
    registers,
  });
  const retries = new Counter({
    name: "egress_retries_total",
    help: "Requests that were sent a second time.",
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

  const series = new Map<string, Series>();
  const seriesOf = (upstream: string, method: string, status: number): Series => {
    const key = `${method} ${status} ${upstream}`;
    let found = series.get(key);
    if (!found) {
      const labels = {
        upstream,
        http_request_method: method,
        http_response_status_code: status === 0 ? "none" : STATUS_CODES[status] ? String(status) : OTHER,
      };
      const serverSeries = server.labels(labels);
      const clientSeries = client.labels(labels);
      found = {
        server: (seconds) => serverSeries.observe(seconds),
        client: (seconds) => clientSeries.observe(seconds),
      };
      series.set(key, found);
    }
    return found;
  };

  const clients = new Set<string>();
  const counters = new Map<string, () => void>();
  const count = (upstream: string, key: string | undefined, status: number): void => {
    let name = key ?? "none";
    if (!clients.has(name)) {
      if (clients.size < MOST_CLIENTS) clients.add(name);
      else name = OTHER;
    }
    const statusClass = status === 0 ? "none" : `${Math.floor(status / 100)}xx`;
    const id = `${statusClass} ${name} ${upstream}`;
    let increment = counters.get(id);
    if (!increment) {
      const child = requests.labels({ upstream, client: name, status: statusClass });
      increment = () => child.inc();
      counters.set(id, increment);
    }
    increment();
  };

  const failed = (upstream: string, { name, proxyStatus }: Failure): void =>
    failures.inc({ upstream, failure: name, proxy_status: proxyStatus });

  return {
    registry,
    ended(exchange) {
      const { req, caller, destination, failure, body, startedAt, answeredAt, status } = exchange;
      const upstream = destination?.route.entry ?? "none";
      const method = METHODS.has(req.method ?? "") ? req.method! : OTHER;
      const one = seriesOf(upstream, method, status);
      one.server((performance.now() - startedAt) / 1_000);
      if (answeredAt > 0) one.client((answeredAt - startedAt) / 1_000);
      count(upstream, caller?.key, status);
      if (exchange.bytesOut > 0) sent.inc({ upstream }, exchange.bytesOut);
      if (body) received.inc({ upstream }, body.bytes);
      if (exchange.retries > 0) retries.inc({ upstream });
      if (failure) failed(upstream, failure);
      else if (exchange.abandoned) abandoned.inc({ upstream });
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
