import type { Api } from "../cluster/api";
import { ClusterError } from "../cluster/cluster-error";
import type { InstalledProxy } from "../cluster/egress-proxies";
import { readyPods } from "../cluster/pods";
import { valuesOf, type Values } from "./exposition";
import { increase, scaled, sum } from "./increase";
import type { Window } from "./metric-rows";

/** The metrics of one pod at a time. */
export interface Scrape {
  /** Milliseconds, monotonic. */
  readonly time: number;
  readonly counters: Values;
  readonly gauges: Values;
  /** The pod's clock and this machine's; milliseconds since 1970. */
  readonly clock?: { readonly time: number; readonly here: number };
}

/** The metrics of all pods that gave them, and why others did not. */
export interface Scrapes {
  readonly pods: ReadonlyMap<string, Scrape>;
  readonly failures: readonly string[];
}

/** Which metrics are read. */
export interface Wanted {
  readonly counters: ReadonlySet<string>;
  readonly gauges: ReadonlySet<string>;
}

/** Port of the proxy's probes and metrics. */
export function adminPort({ args }: InstalledProxy): number {
  const prefix = "--admin-port=";
  return Number(args.find((one) => one.startsWith(prefix))?.slice(prefix.length) ?? 9090);
}

/** Reads the metrics of all ready pods. @throws ClusterError if none of them gives any */
export async function scrapeAll(api: Api, proxy: InstalledProxy, wanted: Wanted): Promise<Scrapes> {
  const pods = await readyPods(api, proxy);
  const port = adminPort(proxy);
  const scrapes = new Map<string, Scrape>();
  const failures: string[] = [];
  let failure: unknown;
  await Promise.all(
    pods.map(async ({ metadata: { namespace, name: pod } }) => {
      try {
        const { text, date } = await api.pod({ namespace, pod, port, path: "/metrics" });
        const time = performance.now();
        scrapes.set(pod, {
          time,
          counters: valuesOf(text, wanted.counters),
          gauges: valuesOf(text, wanted.gauges),
          ...(date !== undefined && { clock: { time: date, here: Date.now() } }),
        });
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error;
        failure = error;
        failures.push(error.message);
      }
    }),
  );
  if (scrapes.size === 0) throw failure;
  return { pods: scrapes, failures };
}

/** Why a window does not have all traffic: pods of only one of its scrapes. */
export function leftOut(before: Scrapes, after: Scrapes): string[] {
  const missing = (one: Scrapes, other: Scrapes) =>
    [...one.pods.keys()].filter((pod) => !other.pods.has(pod));
  return [
    ...after.failures,
    ...missing(before, after).map((pod) => `pod ${pod}, whose metrics were read at the window's begin only`),
    ...missing(after, before).map((pod) => `pod ${pod}, whose metrics were read at the window's end only`),
  ];
}

/**
 * What happened between two scrapes, in the pods that gave both. Pods answer at different times, so the growth of each is
 * scaled from its own window to the longest one: then the sum has one length of time.
 */
export function windowOf(before: Scrapes, after: Scrapes): Window {
  const both = [...after.pods].flatMap(([pod, later]) => {
    const earlier = before.pods.get(pod);
    return earlier ? [{ earlier, later }] : [];
  });
  const lengths = both.map(({ earlier, later }) => Math.max(1, later.time - earlier.time));
  const longest = Math.max(1, ...lengths);
  return {
    seconds: longest / 1_000,
    growth: sum(
      both.map(({ earlier, later }, at) =>
        scaled(increase(earlier.counters, later.counters), longest / lengths[at]!),
      ),
    ),
    gauges: both.map(({ later }) => later.gauges),
  };
}
