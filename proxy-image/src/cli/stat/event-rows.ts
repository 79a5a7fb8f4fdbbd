import type { TapEvent } from "../tap/event";
import { quantileOf } from "./quantile";
import { byRate, type Grouping, keyOf, type Row, subjectOf } from "./row";

const DENIED = 403;

/** The rows of the requests that ended within a window. */
export function eventRows(events: readonly TapEvent[], seconds: number, by: Grouping): Row[] {
  const groups = new Map<string, TapEvent[]>();
  for (const event of events) {
    const key = keyOf(by, event.upstream ?? "none", event.client ?? "none");
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  return [...groups.values()].map((group) => rowOf(group, seconds, by)).sort(byRate);
}

function rowOf(events: readonly TapEvent[], seconds: number, by: Grouping): Row {
  const [{ upstream = "none", client = "none" }] = events as [TapEvent];
  const durations = events.flatMap(({ milliseconds }) => milliseconds ?? []).sort((a, b) => a - b);
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => quantileOf(durations, share));
  const hasLatency = p50 !== undefined && p90 !== undefined && p99 !== undefined;
  return {
    ...subjectOf(by, upstream, client),
    requestsPerSecond: events.length / seconds,
    success: 1 - events.filter(({ status }) => status >= 500).length / events.length,
    // The proxy's own 403; a third party's has no failure.
    deniedPerSecond:
      events.filter((event) => event.status === DENIED && event.failure !== undefined).length / seconds,
    ...(hasLatency && { latency: { p50, p90, p99 } }),
  };
}
