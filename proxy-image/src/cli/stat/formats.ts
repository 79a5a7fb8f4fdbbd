import type { Style } from "../terminal/style";
import { type Cell, type Column, table } from "../terminal/table";
import type { Row } from "./row";

/** A column and what it shows of a row; undefined: nothing. */
type Shown = Column & { readonly cell: (row: Row) => Cell | undefined };

const COLUMNS: readonly Shown[] = [
  { heading: "THIRD PARTY", cell: ({ upstream }) => upstream },
  { heading: "CLIENT", cell: ({ client }) => client },
  { heading: "REQ/S", isNumber: true, cell: ({ requestsPerSecond }) => rate(requestsPerSecond) },
  { heading: "SUCCESS", isNumber: true, cell: success },
  { heading: "P50", isNumber: true, cell: ({ latency }) => latency && milliseconds(latency.p50) },
  { heading: "P90", isNumber: true, cell: ({ latency }) => latency && milliseconds(latency.p90) },
  { heading: "P99", isNumber: true, cell: ({ latency }) => latency && milliseconds(latency.p99) },
  {
    heading: "DENIED/S",
    isNumber: true,
    cell: ({ deniedPerSecond: denied }) => ({ text: rate(denied), tone: denied > 0 ? "warning" : "plain" }),
  },
  { heading: "IN FLIGHT", isNumber: true, cell: ({ inFlight }) => inFlight?.toString() },
  {
    heading: "BREAKER",
    cell: ({ breaker }) => breaker && { text: breaker, tone: breaker === "closed" ? "good" : "bad" },
  },
];

/** The rows as a table; columns in which no row has anything are left out. */
export function asTable(rows: readonly Row[], style: Style): string {
  const columns = COLUMNS.filter(({ cell }) => rows.some((row) => cell(row) !== undefined));
  return table(
    columns,
    rows.map((row) => columns.map(({ cell }) => cell(row) ?? "-")),
    style,
  );
}

function success({ success: share }: Row): Cell | undefined {
  if (share === undefined) return undefined;
  // Rounded down: 99.99 % is not 100 %.
  const text = `${(Math.floor(share * 1_000) / 10).toFixed(1)}%`;
  return { text, tone: share >= 0.99 ? "good" : share >= 0.95 ? "warning" : "bad" };
}

/** @param perSecond requests per second */
export function rate(perSecond: number): string {
  if (perSecond === 0) return "0";
  return perSecond < 0.01 ? "<0.01" : perSecond < 10 ? perSecond.toFixed(2) : perSecond.toFixed(0);
}

/** @param duration milliseconds */
export function milliseconds(duration: number): string {
  if (duration < 10) return `${duration.toFixed(1)}ms`;
  return duration < 1_000 ? `${duration.toFixed(0)}ms` : `${(duration / 1_000).toFixed(2)}s`;
}
