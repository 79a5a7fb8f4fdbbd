import { STATUS_CODES } from "node:http";
import { Counter, type Registry } from "prom-client";
import { PROXY_METRICS } from "../../contract/metrics/metrics";
import type { Exchange } from "../exchange/exchange";
import { BUCKETS, type Count, Counts, type Durations, Histograms } from "./series";

/**
 * RFC 9110's and PATCH. All others share one label value, because otherwise clients could create series without limit.
 */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** Service accounts that get a label value of their own; all further ones share one. */
const MOST_CLIENTS = 1_000;
/** Shared label value. */
const OTHER = "_OTHER";
/** Status of everything that the policy denies, and of nothing else. */
const DENIED = 403;
/** Statuses have three digits. */
const STATUSES = 1_000;

/** Updates the metrics of every request. */
export interface RequestMetrics {
  ended(upstream: string, exchange: Exchange): void;
}

/** The series of one entry of the policy, created on first use. */
interface EntrySeries {
  /** By method and status. */
  readonly durations: Map<number, { server: Durations; client: Durations }>;
  /** By client, then by class of status. */
  readonly requests: Map<string, Count[]>;
  readonly received: Count;
  readonly sent: Count;
  readonly retries: Count;
}

/** The metrics of requests, on a registry. */
export function createRequestMetrics(registry: Registry): RequestMetrics {
  const server = new Histograms(registry, PROXY_METRICS.serverDuration, BUCKETS);
  const client = new Histograms(registry, PROXY_METRICS.clientDuration, BUCKETS);
  const requests = new Counts(registry, PROXY_METRICS.requests);
  const received = new Counts(registry, PROXY_METRICS.requestBytes);
  const sent = new Counts(registry, PROXY_METRICS.responseBytes);
  const retries = new Counts(registry, PROXY_METRICS.retries);

  const denials = new Counter({ ...PROXY_METRICS.denials, registers: [registry] });

  const entries = new Map<string, EntrySeries>();
  const entry = (upstream: string): EntrySeries => {
    let found = entries.get(upstream);
    if (!found) {
      found = {
        durations: new Map(),
        requests: new Map(),
        received: received.series({ upstream }),
        sent: sent.series({ upstream }),
        retries: retries.series({ upstream }),
      };
      entries.set(upstream, found);
    }
    return found;
  };

  const durationsOf = ({ durations }: EntrySeries, upstream: string, method: number, status: number) => {
    const key = method * STATUSES + status;
    let found = durations.get(key);
    if (!found) {
      const labels = {
        upstream,
        http_request_method: METHODS[method] ?? OTHER,
        http_response_status_code: status === 0 ? "none" : STATUS_CODES[status] ? String(status) : OTHER,
      };
      found = { server: server.series(labels), client: client.series(labels) };
      durations.set(key, found);
    }
    return found;
  };

  const clients = new Set<string>();
  const labelOf = (client: string | undefined): string => {
    const name = client ?? "none";
    if (clients.size >= MOST_CLIENTS && !clients.has(name)) return OTHER;
    clients.add(name);
    return name;
  };
  const count = (of: EntrySeries, upstream: string, client: string | undefined, status: number): void => {
    let name = client ?? "none";
    let counts = of.requests.get(name);
    if (!counts) {
      name = labelOf(client);
      counts = of.requests.get(name) ?? [];
      of.requests.set(name, counts);
    }
    const statusClass = Math.floor(status / 100);
    const found = (counts[statusClass] ??= requests.series({
      upstream,
      client: name,
      status: status === 0 ? "none" : `${statusClass}xx`,
    }));
    found.value++;
  };

  return {
    ended(upstream, exchange) {
      const { head, client, body, failure, startedAt, respondedAt, status, trace } = exchange;
      const of = entry(upstream);
      const durations = durationsOf(of, upstream, METHODS.indexOf(head.method), status);
      durations.server.observe((performance.now() - startedAt) / 1_000, trace);
      if (respondedAt > 0) durations.client.observe((respondedAt - startedAt) / 1_000, trace);
      count(of, upstream, client?.key, status);
      if (failure?.status === DENIED) {
        denials.inc({ upstream, client: labelOf(client?.key), failure: failure.name });
      }
      of.sent.value += exchange.bytesOut;
      if (body) of.received.value += body.bytes;
      of.retries.value += exchange.retries;
    },
  };
}
