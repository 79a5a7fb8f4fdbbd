import { cpus } from "node:os";
import type { Options } from "../options";
import type { PolicySeries } from "../policies";
import type { Series } from "../rounds";
import { FIGURES } from "./figures";
import { median } from "./statistics";
import type { Result } from "./targets";

/** Everything that was measured, for machines; medians first, every round behind them. */
export function document(
  options: Options,
  measured: { series: readonly Series[]; rate: number; policies: readonly PolicySeries[] },
  results: readonly Result[],
): string {
  const { series, rate, policies } = measured;
  const machine = { node: process.version, cores: cpus().length, processor: cpus()[0]?.model };
  const contenders = Object.fromEntries(
    series.map((one) => [
      one.name,
      FIGURES.map(({ title, unit, of }) => ({ title, unit, median: median(of(one)), rounds: of(one) })),
    ]),
  );
  return `${JSON.stringify({ options, machine, rate, results, contenders, policies }, undefined, 2)}\n`;
}
