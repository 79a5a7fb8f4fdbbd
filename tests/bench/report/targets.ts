import { EXPRESS_HPM, LIMIT, NGINX, OURS, REPLY_FROM } from "../contenders/all";
import type { Series } from "../rounds";
import { CPU, EVENTS, type Figure, MESSAGES, P99, RSS, THROUGHPUT, WARM_UP_P99 } from "./figures";
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
  { figure: THROUGHPUT.small64, to: LIMIT, least: 0.8 },
  // A pool may beat a pipe that keeps 256 TLS connections.
  { figure: THROUGHPUT.small256, to: LIMIT, least: 0.95 },
  { figure: P99, to: LIMIT, most: 1.5 },
  { figure: WARM_UP_P99, to: LIMIT, most: 1.5 },
  { figure: CPU, to: LIMIT, most: 1.35 },
  // Relayed at 0.8 of the limit: 1 : 0.8.
  { figure: EVENTS, to: LIMIT, most: 1.25 },
  { figure: MESSAGES, to: LIMIT, most: 1.25 },
  { figure: THROUGHPUT.small64, to: NGINX, least: 0.65 },
  { figure: THROUGHPUT.small256, to: NGINX, least: 0.65 },
  { figure: THROUGHPUT.down, to: NGINX, least: 1 },
  { figure: THROUGHPUT.up, to: NGINX, least: 1 },
  { figure: THROUGHPUT.small64, to: REPLY_FROM, least: 1.3 },
  { figure: THROUGHPUT.small64, to: EXPRESS_HPM, least: 2 },
  { figure: RSS, most: 120 },
];

/** All targets whose contenders were measured, with their figures. */
export function results(series: readonly Series[]): Result[] {
  const ours = series.find(({ name }) => name === OURS)!;
  return TARGETS.flatMap((target) => {
    const other = series.find(({ name }) => name === target.to);
    return target.to !== undefined && !other ? [] : [resultOf(target, ours, other)];
  });
}

function resultOf({ figure, to, least, most }: Target, ours: Series, other: Series | undefined): Result {
  const found = other ? medianRatio(figure.of(ours), figure.of(other)) : median(figure.of(ours));
  return {
    title: to === undefined ? figure.title : `${figure.title}: of ${to}`,
    wanted: least === undefined ? `≤ ${most}${to === undefined ? ` ${figure.unit}` : ""}` : `≥ ${least}`,
    found,
    met: least === undefined ? found <= most! : found >= least,
  };
}
