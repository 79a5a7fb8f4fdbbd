/**
 * For the clients of some namespaces every name below `domain` resolves, and leads to its public host on port 443. The
 * log records which client asked for what, and `k8s-egress suggest` makes the list of upstreams from it. For a listed
 * host only its own rules decide. Needs a `mesh.mode` and a `dns.mode` other than `none`.
 */
export interface Audit {
  /** Kubernetes namespaces of the clients, at least one. */
  namespaces: string[];
  /**
   * Last day, in UTC: `2027-01-31`. At most 90 days ahead. Afterwards unlisted hosts are denied, without another `up`.
   */
  until: string;
}

/** The proxy's log, JSON lines on standard output. */
export interface Log {
  /** Lowest level that is written. Default: `info`. */
  level?: LogLevel;
  /** Percentage of successful requests that are logged; all others are always logged. Default: 100. */
  percent?: number;
}

/** Severity of a log line. */
export const LogLevel = {
  /** Also what is of use only to developers of the proxy. */
  Debug: "debug",
  /** Also successful requests. */
  Info: "info",
  /** Also requests that were denied or failed. */
  Warn: "warn",
  /** Only failures of the proxy itself. */
  Error: "error",
} as const;
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];
