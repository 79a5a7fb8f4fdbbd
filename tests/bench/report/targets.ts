import { EXPRESS_HPM, NGINX, OURS, REPLY_FROM } from "../contenders/all";
import type { Series } from "../rounds";
import { type Figure, P99, RSS, THROUGHPUT } from "./figures";
import { median, medianRatio } from "./statistics";

/** What was found, beside what is wanted. */
export interface Result {
  readonly title: string;
  readonly wanted: string;
  readonly found: number;
  readonly met: boolean;
}

interface Target {
  readonly figure: Figure;
  /** The contender to compare with; absent: the figure itself. */
  readonly to?: string;
  readonly least?: number;
  readonly most?: number;
}

const TARGETS: readonly Target[] = [
  { figure: THROUGHPUT.small64, to: NGINX, least: 0.6 },
  { figure: THROUGHPUT.small256, to: NGINX, least: 0.6 },
  { figure: THROUGHPUT.down, to: NGINX, least: 1 },
  { figure: THROUGHPUT.up, to: NGINX, least: 1 },
  { figure: THROUGHPUT.small64, to: REPLY_FROM, least: 1.3 },
  { figure: THROUGHPUT.small64, to: EXPRESS_HPM, least: 2 },
  { figure: P99, to: NGINX, most: 1.5 },
  { figure: RSS, most: 150 },
];

/** How many percent a policy of 10,000 upstreams may cost against one of 10. */
const POLICY_PERCENT = 3;

/** All targets with their figures. */
export function results(series: readonly Series[], policies: { small: number[]; large: number[] }): Result[] {
  const ours = series.find(({ name }) => name === OURS)!;
  const compared = TARGETS.map(({ figure, to, least, most }): Result => {
    const other = series.find(({ name }) => name === to);
    const found = other ? medianRatio(figure.of(ours), figure.of(other)) : median(figure.of(ours));
    return {
      title: to === undefined ? figure.title : `${figure.title}: of ${to}`,
      wanted: least === undefined ? `≤ ${most}${to === undefined ? ` ${figure.unit}` : ""}` : `≥ ${least}`,
      found,
      met: least === undefined ? found <= most! : found >= least,
    };
  });
  const policy = medianRatio(policies.large, policies.small);
  const least = 1 - POLICY_PERCENT / 100;
  return [
    ...compared,
    { title: "10,000 upstreams: of 10", wanted: `≥ ${least}`, found: policy, met: policy >= least },
  ];
}
