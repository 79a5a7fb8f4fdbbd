import type { Streams } from "../command";
import { styleFor } from "../terminal/style";
import { asTable } from "./formats";
import type { StatOptions } from "./options";
import type { Row } from "./row";

/** Clears a terminal and goes to its top left (ECMA-48: CUP, ED). */
const CLEAR = "\x1b[H\x1b[2J";

/** What one window measured. */
export interface Measurement {
  readonly seconds: number;
  readonly pods: number;
  readonly rows: readonly Row[];
}

/** Prints a window's rows; while watching a terminal, in place of those before. */
export function report(
  { seconds, pods, rows }: Measurement,
  { format, watch }: Pick<StatOptions, "format" | "watch">,
  out: Streams["out"],
): void {
  if (format === "json") {
    out.write(`${JSON.stringify({ seconds, pods, rows }, undefined, watch ? undefined : 2)}\n`);
    return;
  }
  if (watch && out.isTTY === true) out.write(CLEAR);
  const style = styleFor(out);
  const head = `${seconds.toFixed(0)} s of ${pods} pod${pods === 1 ? "" : "s"}`;
  out.write(`${style("faint", rows.length === 0 ? `${head}: no requests` : head)}\n`);
  if (rows.length > 0) out.write(asTable(rows, style));
}
