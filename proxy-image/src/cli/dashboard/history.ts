import { PROXY_METRICS } from "../../contract/metrics/metrics";
import { labelsOf, nameOf } from "../stat/exposition";
import { COUNTERS, GAUGES, metricRows, type Window } from "../stat/metric-rows";
import type { Row } from "../stat/row";
import { sum } from "../stat/increase";
import type { Values } from "../stat/exposition";

const STATUSES = `${PROXY_METRICS.serverDuration.name}_count`;
const EXPIRY = PROXY_METRICS.certificateExpiry.name;

/** Metrics that the dashboard reads. */
export const WANTED = {
  counters: new Set([...COUNTERS, STATUSES]),
  gauges: new Set([...GAUGES, EXPIRY]),
};

/** Points that are kept: with one every two seconds, four minutes. */
const MOST_POINTS = 120;

/** A third party at a time. Null: no requests. */
interface Point {
  readonly rate: number;
  readonly p50: number | null;
  readonly p99: number | null;
}

/** What is shown of one third party. */
export interface UpstreamHistory {
  readonly row: Row | undefined;
  /** The oldest first. */
  readonly points: readonly Point[];
  /** Of the whole time that is kept. */
  readonly clients: readonly Row[];
  readonly statuses: readonly { readonly status: string; readonly requests: number }[];
  /** Seconds since 1970. */
  readonly certificateExpires: number | undefined;
}

const NOTHING: Point = { rate: 0, p50: null, p99: null };

/** The last minutes of all third parties. Bounded: a point for each window, and the windows' counters. */
export class History {
  private readonly windows: { window: Window; rows: ReadonlyMap<string, Row> }[] = [];

  add(window: Window): void {
    const rows = new Map(metricRows(window, "upstream").map((row) => [row.upstream!, row]));
    // Series that did not grow are most of them.
    const growth = new Map(
      [...window.growth].filter(([series, value]) => value > 0 && !nameOf(series).endsWith("_bucket")),
    );
    this.windows.push({ window: { ...window, growth }, rows });
    if (this.windows.length > MOST_POINTS) this.windows.shift();
  }

  /** The rows of the last window. */
  get rows(): ReadonlyMap<string, Row> {
    return this.windows.at(-1)?.rows ?? new Map<string, Row>();
  }

  /** Requests per second, the oldest first. */
  rates(upstream: string): number[] {
    return this.windows.map(({ rows }) => rows.get(upstream)?.requestsPerSecond ?? 0);
  }

  of(upstream: string): UpstreamHistory {
    const seconds = this.windows.reduce((total, { window }) => total + window.seconds, 0);
    const growth = sum(this.windows.map(({ window }) => onlyOf(window.growth, upstream)));
    const gauges = this.windows.at(-1)?.window.gauges ?? [];
    return {
      row: this.rows.get(upstream),
      points: this.windows.map(({ rows }) => pointOf(rows.get(upstream))),
      clients: metricRows({ seconds: Math.max(seconds, 1), growth, gauges: [] }, "client").filter(
        ({ requestsPerSecond, deniedPerSecond }) => requestsPerSecond > 0 || deniedPerSecond > 0,
      ),
      statuses: statusesOf(growth),
      certificateExpires: expiryOf(gauges, upstream),
    };
  }
}

function pointOf(row: Row | undefined): Point {
  if (!row) return NOTHING;
  return { rate: row.requestsPerSecond, p50: row.latency?.p50 ?? null, p99: row.latency?.p99 ?? null };
}

function onlyOf(values: Values, upstream: string): Values {
  return new Map([...values].filter(([series]) => labelsOf(series).upstream === upstream));
}

function statusesOf(growth: Values): UpstreamHistory["statuses"] {
  const counts = new Map<string, number>();
  for (const [series, value] of growth) {
    if (nameOf(series) !== STATUSES) continue;
    const status = labelsOf(series).http_response_status_code ?? "none";
    counts.set(status, (counts.get(status) ?? 0) + value);
  }
  return [...counts]
    .map(([status, requests]) => ({ status, requests: Math.round(requests) }))
    .sort((a, b) => b.requests - a.requests);
}

function expiryOf(gauges: readonly Values[], upstream: string): number | undefined {
  const seconds = gauges.flatMap((values) =>
    [...values].flatMap(([series, value]) =>
      nameOf(series) === EXPIRY && labelsOf(series).upstream === upstream ? [value] : [],
    ),
  );
  return seconds.length === 0 ? undefined : Math.min(...seconds);
}
