import { printable } from "./printable";
import type { Style, Tone } from "./style";

/** A cell: its text, or its text and the meaning of it. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

/** A column's heading; numbers are aligned to the right. */
export interface Column {
  readonly heading: string;
  readonly isNumber?: boolean;
}

/** Renders rows under their headings, in columns two spaces apart. Every cell is made printable. */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], style: Style): string {
  const cells = rows.map((row) =>
    row.map((cell) => {
      const { text, tone } = typeof cell === "string" ? { text: cell, tone: "plain" as const } : cell;
      return { text: printable(text), tone };
    }),
  );
  const widths = columns.map(({ heading }, at) =>
    Math.max(heading.length, ...cells.map((row) => row[at]?.text.length ?? 0)),
  );
  const pad = (text: string, at: number): string => {
    if (columns[at]!.isNumber) return text.padStart(widths[at]!);
    return at === columns.length - 1 ? text : text.padEnd(widths[at]!);
  };
  const head = columns.map(({ heading }, at) => pad(heading, at)).join("  ");
  const lines = cells.map((row) => row.map(({ text, tone }, at) => style(tone, pad(text, at))).join("  "));
  return [style("faint", head), ...lines].map((line) => `${line.trimEnd()}\n`).join("");
}
