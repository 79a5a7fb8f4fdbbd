import { PROXY_METRICS } from "../../contract/metrics/metrics";
import { labelsOf, nameOf, type Values } from "./exposition";
import { quantile } from "./quantile";
import { byRate, type Grouping, keyOf, type Latency, type Row, subjectOf } from "./row";

const REQUESTS = PROXY_METRICS.requests.name;
const DENIALS = PROXY_METRICS.denials.name;
const DURATIONS = `${PROXY_METRICS.serverDuration.name}_bucket`;
const IN_FLIGHT = PROXY_METRICS.upstreamActiveRequests.name;
const BREAKER = PROXY_METRICS.breakerOpen.name;

/** Counters, of which the growth counts. */
export const COUNTERS: ReadonlySet<string> = new Set([REQUESTS, DENIALS, DURATIONS]);
/** Gauges, of which the last value counts. */
export const GAUGES: ReadonlySet<string> = new Set([IN_FLIGHT, BREAKER]);

/** What the pods' metrics say about a window of time. */
export interface Window {
  readonly seconds: number;
  /** Growth of the counters in this time, of all pods together; not whole where pods answered at different times. */
  readonly growth: Values;
  /** The gauges of each pod at the window's end. */
  readonly gauges: readonly Values[];
}

interface Sums {
  readonly subject: Pick<Row, "upstream" | "client">;
  requests: number;
  failed: number;
  denied: number;
  readonly buckets: Map<number, number>;
  inFlight: number | undefined;
  breaker: number | undefined;
}

/** The rows of a window. Latency is measured for third parties only: by client it would multiply the series. */
export function metricRows({ seconds, growth, gauges }: Window, by: Grouping): Row[] {
  const all = new Map<string, Sums>();
  const at = (upstream: string, client: string): Sums => {
    const key = keyOf(by, upstream, client);
    let sums = all.get(key);
    if (!sums) {
      const subject = subjectOf(by, upstream, client);
      sums = {
        subject,
        requests: 0,
        failed: 0,
        denied: 0,
        buckets: new Map(),
        inFlight: undefined,
        breaker: undefined,
      };
      all.set(key, sums);
    }
    return sums;
  };
  for (const [series, value] of growth) addCounter(series, value, by, at);
  if (by === "upstream") for (const values of gauges) addGauges(values, at);
  return [...all.values()].map((sums) => rowOf(sums, seconds)).sort(byRate);
}

function addCounter(
  series: string,
  value: number,
  by: Grouping,
  at: (upstream: string, client: string) => Sums,
): void {
  const { upstream = "none", client = "none", status, le } = labelsOf(series);
  switch (nameOf(series)) {
    case REQUESTS: {
      const sums = at(upstream, client);
      sums.requests += value;
      if (status === "5xx") sums.failed += value;
      return;
    }
    case DENIALS:
      at(upstream, client).denied += value;
      return;
    case DURATIONS: {
      if (by !== "upstream") return;
      const { buckets } = at(upstream, client);
      const bound = le === "+Inf" ? Infinity : Number(le);
      buckets.set(bound, (buckets.get(bound) ?? 0) + value);
    }
  }
}

function addGauges(values: Values, at: (upstream: string, client: string) => Sums): void {
  for (const [series, value] of values) {
    const sums = at(labelsOf(series).upstream ?? "none", "none");
    if (nameOf(series) === IN_FLIGHT) sums.inFlight = (sums.inFlight ?? 0) + value;
    else sums.breaker = Math.max(sums.breaker ?? 0, value);
  }
}

function rowOf(
  { subject, requests, failed, denied, buckets, inFlight, breaker }: Sums,
  seconds: number,
): Row {
  const latency = latencyOf(buckets);
  return {
    ...subject,
    requestsPerSecond: requests / seconds,
    ...(requests > 0 && { success: 1 - failed / requests }),
    deniedPerSecond: denied / seconds,
    ...(latency && { latency }),
    ...(inFlight !== undefined && { inFlight }),
    ...(breaker !== undefined && { breaker: breaker >= 1 ? "open" : breaker > 0 ? "half-open" : "closed" }),
  };
}

function latencyOf(buckets: ReadonlyMap<number, number>): Latency | undefined {
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => quantile(buckets, share));
  if (p50 === undefined || p90 === undefined || p99 === undefined) return undefined;
  return { p50: p50 * 1_000, p90: p90 * 1_000, p99: p99 * 1_000 };
}
