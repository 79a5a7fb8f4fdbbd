/** What rows are about: each third party, each client, or each client at each third party. */
export const GROUPINGS = ["upstream", "client", "both"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** Traffic within a window of time. */
export interface Row {
  /** Entry of the policy; `none` for requests that name no third party. Absent in rows about clients. */
  readonly upstream?: string;
  /** Namespace and service account; `none` without a mesh. Absent in rows about third parties. */
  readonly client?: string;
  readonly requestsPerSecond: number;
  /** Share of the requests without a status 5xx; absent without requests. */
  readonly success?: number;
  /** Requests that the policy denied. */
  readonly deniedPerSecond: number;
  /** Absent if it was not measured. */
  readonly latency?: Latency;
  /** Requests in flight at the window's end. */
  readonly inFlight?: number;
  /** The worst of the pods; absent without one. */
  readonly breaker?: "closed" | "half-open" | "open";
}

/** Identifies a row. */
export function keyOf(by: Grouping, upstream: string, client: string): string {
  return by === "upstream" ? upstream : by === "client" ? client : JSON.stringify([upstream, client]);
}

/** What a row is about. */
export function subjectOf(by: Grouping, upstream: string, client: string): Pick<Row, "upstream" | "client"> {
  return { ...(by !== "client" && { upstream }), ...(by !== "upstream" && { client }) };
}

/** The busiest first, then by name. */
export function byRate(one: Row, other: Row): number {
  const nameOf = ({ upstream = "", client = "" }: Row) => `${upstream} ${client}`;
  return (
    other.requestsPerSecond - one.requestsPerSecond ||
    (nameOf(one) < nameOf(other) ? -1 : nameOf(one) > nameOf(other) ? 1 : 0)
  );
}
