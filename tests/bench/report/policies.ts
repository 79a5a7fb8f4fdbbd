import type { PolicySeries } from "../policies";
import { align } from "./align";
import { median, medianRatio } from "./statistics";
import type { Result } from "./targets";

/** How many percent a policy with more upstreams may cost in requests per second. */
const MOST_PERCENT = 2;

/** A column for each size of policy. */
export function policyTable(series: readonly PolicySeries[]): string {
  const [first] = series as [PolicySeries, ...PolicySeries[]];
  const row = (title: string, unit: string, of: (one: PolicySeries) => number[], digits = 0): string[] => [
    title,
    unit,
    ...series.map((one) => median(of(one)).toFixed(digits)),
  ];
  return align([
    ["upstreams in the policy", "", ...series.map(({ upstreams }) => upstreams.toLocaleString("en"))],
    row("1 KiB GET, 64 connections", "req/s", ({ perSecond }) => perSecond),
    [
      "",
      "it : first",
      ...series.map((one) => (one === first ? "" : medianRatio(one.perSecond, first.perSecond).toFixed(3))),
    ],
    row("from start to first response", "ms", ({ start }) => start),
    row("resident memory under this load", "MiB", ({ rss }) => rss),
  ]);
}

/** Whether the number of upstreams costs requests. */
export function policyResults(series: readonly PolicySeries[]): Result[] {
  const [first, ...others] = series;
  const least = 1 - MOST_PERCENT / 100;
  return others.map((one) => {
    const found = medianRatio(one.perSecond, first!.perSecond);
    return {
      title: `${one.upstreams.toLocaleString("en")} upstreams: of ${first!.upstreams}`,
      wanted: `≥ ${least}`,
      found,
      met: found >= least,
    };
  });
}
