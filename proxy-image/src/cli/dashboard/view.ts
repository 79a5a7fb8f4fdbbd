import type { Policy, PolicyUpstream } from "../../contract/policy/policy";
import type { Finding } from "../check/finding";
import { ruleLiteral } from "../can-i/answer";
import type { Denial } from "./denials";
import type { History } from "./history";

/** Points of the table's small lines: two minutes. */
const SPARK_POINTS = 60;

/** What the tool knows at a moment. */
export interface Known {
  /** `namespace/name` of the EgressProxy. */
  readonly proxy: string;
  readonly policy: Policy;
  readonly history: History;
  readonly denials: readonly Denial[];
  readonly health: readonly Finding[];
  readonly pods: number;
  /** What could not be read. */
  readonly note: string | undefined;
}

/** The overview, as the page reads it. */
export function overview({ proxy, policy, history, denials, health, pods, note }: Known, now: Date): object {
  const { rows } = history;
  const names = new Set([...Object.keys(policy.upstreams), ...rows.keys()]);
  const upstreams = [...names].map((name) => {
    const {
      latency,
      requestsPerSecond = 0,
      deniedPerSecond = 0,
      success,
      inFlight,
      breaker,
    } = rows.get(name) ?? {};
    const spark = history
      .rates(name)
      .slice(-SPARK_POINTS)
      .map((value) => Math.round(value * 100) / 100);
    return {
      name,
      requestsPerSecond,
      deniedPerSecond,
      success,
      inFlight,
      breaker,
      p50: latency?.p50,
      p99: latency?.p99,
      spark,
    };
  });
  return { proxy, at: now.toISOString(), pods, note, upstreams, denials, health };
}

/** One third party; undefined if there is none of this name. */
export function detail({ policy, history }: Known, name: string): object | undefined {
  const upstream = Object.hasOwn(policy.upstreams, name) ? policy.upstreams[name] : undefined;
  const { row, points, clients, statuses, certificateExpires } = history.of(name);
  if (!upstream && !row) return undefined;
  return {
    name,
    row,
    rates: points.map(({ rate }) => rate),
    p50: points.map(({ p50 }) => p50),
    p99: points.map(({ p99 }) => p99),
    clients,
    statuses,
    certificateExpires,
    settings: upstream ? settingsOf(upstream) : [],
    rules: (upstream?.allow ?? []).map(ruleLiteral),
  };
}

function settingsOf(upstream: PolicyUpstream): [string, string][] {
  const { timeouts, maxRequests, maxConnections, rateLimit, circuitBreaker, retries, tls, port } = upstream;
  const seconds = (milliseconds: number) => `${milliseconds / 1_000} s`;
  return [
    ["port", String(port)],
    [
      "time limits",
      `connect ${seconds(timeouts.connect)}, response ${seconds(timeouts.response)}, idle ${seconds(timeouts.idle)}`,
    ],
    [
      "limits per pod",
      `${maxRequests ?? "no limit of"} requests, ${maxConnections ?? "no limit of"} connections`,
    ],
    ...(rateLimit
      ? [["rate limit", `${rateLimit.requests} in ${seconds(rateLimit.period)}`] as [string, string]]
      : []),
    ...(circuitBreaker
      ? [
          [
            "breaker opens",
            `after ${circuitBreaker.failures} failures, for ${seconds(circuitBreaker.reset)}`,
          ] as [string, string],
        ]
      : []),
    ...(retries ? [["retry budget", `${retries.budgetPercent} %`] as [string, string]] : []),
    ["TLS", `${tls.minVersion} and newer, ${tls.caCertificates === undefined ? "public CAs" : "own CAs"}`],
  ];
}
