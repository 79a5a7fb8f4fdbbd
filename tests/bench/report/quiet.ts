import { OURS } from "../contenders/all";
import type { Series } from "../rounds";
import type { Machine } from "../stage/machine";
import { GENERATOR, THROUGHPUT } from "./figures";
import { median, spread } from "./statistics";

/** Share of one core that others may use before the start. */
const MOST_OTHERS = 0.1;
/** How far the rounds of one contender may lie apart. */
const MOST_SPREAD = 0.1;

/** One line that says whether the figures can be trusted, and by what. */
export function quietness({ cores, others }: Machine, series: readonly Series[]): string {
  const ours = series.find(({ name }) => name === OURS)!;
  const apart = spread(THROUGHPUT.small64.of(ours));
  const quiet = others <= MOST_OTHERS && apart <= MOST_SPREAD;
  return (
    `The machine was ${quiet ? "" : "NOT "}quiet: ${cores} cores; others used ${percent(others)} of one before the ` +
    `start (at most ${percent(MOST_OTHERS)}), our rounds lie ${percent(apart)} to both sides of their middle (at ` +
    `most ${percent(MOST_SPREAD)}), the generator of the fixed rate took ${median(GENERATOR.of(ours)).toFixed(0)} % ` +
    `of a core.`
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
