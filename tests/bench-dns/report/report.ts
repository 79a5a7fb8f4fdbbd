import { cpus } from "node:os";
import { align } from "../../bench/report/align";
import { median, medianRatio } from "../../bench/report/statistics";
import type { Options } from "../options";
import type { Series } from "../rounds";

/** Medians by server, and below each what it is of the first server's that has one. */
export function table(title: string, series: readonly Series[]): string {
  const names = [...new Set(series.flatMap(({ values }) => [...values.keys()]))];
  const rows = series.flatMap(({ measurement: { title: what, unit, digits }, values }) => {
    const [first] = values.values();
    const cells = names.map((name) => values.get(name));
    return [
      [what, unit, ...cells.map((cell) => (cell ? median(cell).toFixed(digits) : ""))],
      [
        "",
        "ratio",
        ...cells.map((cell) => (cell && cell !== first ? medianRatio(cell, first!).toFixed(2) : "")),
      ],
    ];
  });
  return align([[title, "", ...names], ...rows]);
}

/** What a zone costs beside its queries. */
export interface Size {
  readonly name: string;
  /** Milliseconds from the process to its first answer. */
  readonly start: number;
  /** MiB, before and after the load. */
  readonly idle: number;
  readonly loaded: number;
}

export function sizeTable(sizes: readonly Size[]): string {
  return align([
    ["egress-dns alone", "", ...sizes.map(({ name }) => name)],
    ["from start to first answer", "ms", ...sizes.map(({ start }) => start.toFixed(0))],
    ["resident memory, idle", "MiB", ...sizes.map(({ idle }) => idle.toFixed(0))],
    ["resident memory, after the load", "MiB", ...sizes.map(({ loaded }) => loaded.toFixed(0))],
  ]);
}

/** Everything that was measured, for machines: medians first, every round behind them. */
export function document(
  options: Options,
  cluster: readonly Series[],
  zones: readonly Series[],
  sizes: readonly Size[],
): string {
  const plain = (series: readonly Series[]) =>
    series.map(({ measurement: { title, unit }, values }) => ({
      title,
      unit,
      servers: Object.fromEntries(
        [...values].map(([name, rounds]) => [name, { median: median(rounds), rounds }]),
      ),
    }));
  const machine = { node: process.version, cores: cpus().length, processor: cpus()[0]?.model };
  return `${JSON.stringify(
    {
      options,
      machine,
      cluster: plain(cluster),
      zones: plain(zones),
      sizes,
    },
    undefined,
    2,
  )}\n`;
}
