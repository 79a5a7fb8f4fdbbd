/** A row of the table. */
export interface Row {
  readonly client: string;
  readonly version: string;
  readonly setting: string;
  /** `5/5`, or why it was skipped. */
  readonly passed: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** What failed, one line each. */
  readonly details: readonly string[];
}

/** Columns aligned, so that it reads as text and as Markdown. */
export function table(rows: readonly Row[]): string {
  const cells = [
    ["client", "version", "setting", "passed"],
    ...rows.map(({ client, version, setting, passed }) => [client, version, setting, passed]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`);
  lines.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return lines.join("\n");
}

export function summary(rows: readonly Row[]): string {
  const count = (outcome: Row["outcome"]) => rows.filter((row) => row.outcome === outcome).length;
  const skipped = rows.filter(({ outcome }) => outcome === "skipped");
  const reasons = skipped.map(({ client, passed }) => `\n  ${client}: ${passed}`).join("");
  return `${count("passed")} passed, ${count("failed")} failed, ${skipped.length} skipped${reasons}`;
}
