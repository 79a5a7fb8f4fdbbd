import { OURS } from "../contenders/all";
import type { Series } from "../rounds";
import { align } from "./align";
import { FIGURES } from "./figures";
import { median, medianRatio } from "./statistics";
import type { Result } from "./targets";

/** Medians, and below each what ours is of the other's. */
export function figureTable(series: readonly Series[]): string {
  const ours = series.find(({ name }) => name === OURS)!;
  const rows = [["", "", ...series.map(({ name }) => name)]];
  for (const figure of FIGURES) {
    const { title, unit, digits, of } = figure;
    rows.push([title, unit, ...series.map((one) => median(of(one)).toFixed(digits))]);
    rows.push([
      "",
      "ours : it",
      ...series.map((one) => (one === ours ? "" : medianRatio(of(ours), of(one)).toFixed(2))),
    ]);
  }
  return align(rows);
}

/** Targets, with the figures that were found. */
export function targetTable(results: readonly Result[]): string {
  return align([
    ["target", "wanted", "found", ""],
    ...results.map(({ title, wanted, found, met }) => [
      title,
      wanted,
      found.toFixed(2),
      met ? "met" : "missed",
    ]),
  ]);
}
