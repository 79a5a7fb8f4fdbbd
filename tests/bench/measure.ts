import { EGRESS_DOMAIN, CLIENT_ID } from "./contenders/egress-policy";
import type { Contender } from "./contenders/contender";
import { type Arrivals, fixedRate } from "./load/fixed-rate";
import { type StreamKind, type Streams, relayed } from "./load/streams";
import { type Load, peak } from "./load/wrk";
import type { Tools } from "./stage/tools";
import { PATHS, upstreamHost } from "./stage/third-parties";
import { LARGE } from "./stage/upstream";
import { watched } from "./stage/usage";

/** Names by which the load calls. */
const host = (index: number): string => `${upstreamHost(index)}.${EGRESS_DOMAIN}`;

/** The host that all contenders serve. */
const HOST = host(0);

/** What every request has: its name, and what the mesh says of the client. */
export const HEADERS: Readonly<Record<string, string>> = { Host: HOST, "l5d-client-id": CLIENT_ID };

/** What is asked for at full speed. */
export const LOADS = {
  small64: { path: PATHS.small, body: 0, connections: 64, hosts: [HOST] },
  small256: { path: PATHS.small, body: 0, connections: 256, hosts: [HOST] },
  down: { path: PATHS.large, body: 0, connections: 16, hosts: [HOST] },
  up: { path: PATHS.upload, body: LARGE, connections: 16, hosts: [HOST] },
  /** As many hosts in a small policy as in a large one. */
  policy: {
    path: PATHS.small,
    body: 0,
    connections: 64,
    hosts: Array.from({ length: 10 }, (_, index) => host(index)),
  },
} as const satisfies Record<string, Load>;

/** One measurement of one contender. */
export interface Sample {
  /** Requests per second. */
  readonly perSecond: number;
  /** Seconds of processor time for 10,000 requests. */
  readonly cpuPer10k: number;
  /** Share of one core: below 1, something else was slower than the contender. */
  readonly busy: number;
  /** Most resident memory seen, MiB. */
  readonly rss: number;
}

/** Full speed. */
export async function measurePeak(
  tools: Tools,
  { pid, port }: Contender,
  load: Load,
  seconds: number,
): Promise<Sample> {
  const { result, cpu, rss } = await watched(pid, () => peak(tools, port, load, seconds));
  return {
    perSecond: result.perSecond,
    cpuPer10k: (cpu / result.requests) * 10_000,
    busy: (cpu * result.perSecond) / result.requests,
    rss,
  };
}

/** How many streams are open at the same time. */
const STREAMS = 256;

/** @returns seconds of processor time for 10,000 events or messages that were relayed */
export async function measureStreams(
  generator: string,
  { pid, port }: Contender,
  kind: StreamKind,
  seconds: number,
): Promise<number> {
  const streams: Streams = {
    kind,
    port,
    path: PATHS[kind],
    headers: HEADERS,
    connections: STREAMS,
    seconds,
  };
  const { result, cpu } = await watched(pid, () => relayed(generator, streams));
  return (cpu / result) * 10_000;
}

/** One measurement of latency: milliseconds. */
export interface LatencySample {
  readonly p50: number;
  readonly p99: number;
  readonly warmUpP99: number;
  readonly generatorCpu: number;
  /** Most resident memory seen, MiB. */
  readonly rss: number;
}

/** Seconds: longer than the generator's compilers take. */
export const ARRIVALS_WARM_UP = 2;

/** A fixed rate. */
export async function measureLatency(
  generator: string,
  { pid, port }: Contender,
  rate: number,
  seconds: number,
): Promise<LatencySample> {
  const arrivals: Arrivals = {
    port,
    path: PATHS.small,
    headers: HEADERS,
    rate,
    connections: 64,
    warmUp: ARRIVALS_WARM_UP,
    seconds,
  };
  const { result, rss } = await watched(pid, () => fixedRate(generator, arrivals));
  return { ...result, rss };
}
