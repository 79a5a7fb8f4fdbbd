import type { StreamKind } from "../load/streams";
import { ARRIVALS_WARM_UP, type LatencySample, type Sample } from "../measure";
import { COMPARED, type Compared, type Series } from "../rounds";
import { LARGE } from "../stage/upstream";

/** One line of the table. */
export interface Figure {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  /** A value for each round. */
  readonly of: (series: Series) => number[];
}

const LOAD_TITLES: Record<Compared, string> = {
  small64: "1 KiB GET, 64 connections",
  small256: "1 KiB GET, 256 connections",
  down: "1 MiB down",
  up: "1 MiB up",
};

/** Full speed, by load. */
export const THROUGHPUT = Object.fromEntries(
  COMPARED.map((load) => [load, throughput(load)] as const),
) as Record<Compared, Figure>;

export const CPU = peaks("small64", "CPU per 10,000 requests of 1 KiB", "s", 2, ({ cpuPer10k }) => cpuPer10k);
export const EVENTS = streams("events", "CPU per 10,000 server-sent events");
export const MESSAGES = streams("messages", "CPU per 10,000 WebSocket messages, both ways");
const BUSY = peaks("small64", "share of a core at 64 connections", "%", 0, ({ busy }) => busy * 100);
export const P50 = latency("latency p50 at the fixed rate", ({ p50 }) => p50);
/** So that nobody takes the generator's share of the machine for nothing. */
export const GENERATOR: Figure = {
  title: "the generator's share of a core there",
  unit: "%",
  digits: 0,
  of: ({ latency: samples }) => samples.map(({ generatorCpu }) => generatorCpu * 100),
};
export const P99 = latency("latency p99 at the fixed rate", ({ p99 }) => p99);
export const WARM_UP_P99 = latency(
  `latency p99 in the first ${ARRIVALS_WARM_UP} s of it`,
  ({ warmUpP99 }) => warmUpP99,
);
export const RSS: Figure = {
  title: "resident memory at the fixed rate",
  unit: "MiB",
  digits: 0,
  of: ({ latency: samples }) => samples.map(({ rss }) => rss),
};
/** Under all loads at full speed. */
const MOST_RSS: Figure = {
  title: "resident memory, most at full speed",
  unit: "MiB",
  digits: 0,
  of: ({ peaks: all }) => [Math.max(...COMPARED.flatMap((load) => all[load].map(({ rss }) => rss)))],
};

/** The table, from top to bottom. */
export const FIGURES: readonly Figure[] = [
  ...Object.values(THROUGHPUT),
  P50,
  P99,
  WARM_UP_P99,
  GENERATOR,
  CPU,
  EVENTS,
  MESSAGES,
  BUSY,
  RSS,
  MOST_RSS,
];

function throughput(load: Compared): Figure {
  const large = load === "down" || load === "up";
  const perUnit = large ? LARGE / 1e6 : 1;
  return peaks(load, LOAD_TITLES[load], large ? "MB/s" : "req/s", 0, (sample) => sample.perSecond * perUnit);
}

function peaks(
  load: Compared,
  title: string,
  unit: string,
  digits: number,
  pick: (sample: Sample) => number,
): Figure {
  return { title, unit, digits, of: (series) => series.peaks[load].map(pick) };
}

function streams(kind: StreamKind, title: string): Figure {
  return { title, unit: "s", digits: 2, of: (series) => series.streams[kind] };
}

function latency(title: string, pick: (sample: LatencySample) => number): Figure {
  return { title, unit: "ms", digits: 2, of: (series) => series.latency.map(pick) };
}
