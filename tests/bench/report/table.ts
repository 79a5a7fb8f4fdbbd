import { OURS } from "../contenders/all";
import type { Series } from "../rounds";
import { align } from "./align";
import { FIGURES } from "./figures";
import { median, medianRatio, spread } from "./statistics";
import type { Result } from "./targets";

/** Medians with the spread of their rounds, and below each what ours is of the other's. */
export function figureTable(series: readonly Series[]): string {
  const ours = series.find(({ name }) => name === OURS)!;
  const rows = [["", "", ...series.map(({ name }) => name)]];
  for (const figure of FIGURES) {
    const { title, unit, digits, of } = figure;
    rows.push([title, unit, ...series.map((one) => cell(of(one), digits))]);
    rows.push([
      "",
      "ours : it",
      ...series.map((one) =>
        one === ours || of(one).length === 0 ? "" : medianRatio(of(ours), of(one)).toFixed(2),
      ),
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

function cell(values: readonly number[], digits: number): string {
  if (values.length === 0) return "–";
  const middle = median(values).toFixed(digits);
  return values.length > 1 ? `${middle} ±${(spread(values) * 100).toFixed(0)}%` : middle;
}
