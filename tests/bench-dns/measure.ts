import { watched } from "../bench/stage/usage";
import type { Settings } from "../../component/settings";
import { type Generator, p99, peak } from "./load/dnsperf";
import { freshNames, KUBERNETES, listedNames } from "./scene/names";
import type { ClusterDns, Server, Zone } from "./scene/scene";

/** Queries per second of the measurements of latency: a fraction of what each server can do. */
export const RATE = 4_000;
/** More fresh names than a server answers in a second. */
const FRESH = 60_000;

/** One line of a table: what is measured of which servers. */
export interface Measurement {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  readonly servers: readonly Server[];
  readonly measure: (server: Server, generator: Generator, seconds: number) => Promise<number>;
}

const fullSpeed = { unit: "queries/s", digits: 0 };
const latency = { unit: "ms", digits: 2 };

/** What the installation costs the cluster. */
export function clusterMeasurements({ before, control, installed, rewritten }: ClusterDns): Measurement[] {
  const all = [before, control, installed, rewritten];
  return [
    {
      title: "kubernetes.default.svc at full speed",
      ...fullSpeed,
      servers: all,
      measure: ({ port }, generator, seconds) => peak(generator, { port, seconds, names: [KUBERNETES] }),
    },
    {
      title: "processor time of 10,000 of them",
      unit: "s",
      digits: 3,
      servers: all,
      measure: async ({ port, pid }, generator, seconds) => {
        const load = { port, seconds, names: [KUBERNETES] };
        const { result: perSecond, cpu } = await watched(pid, () => peak(generator, load));
        return (cpu / (perSecond * seconds)) * 10_000;
      },
    },
    {
      title: `kubernetes.default.svc at ${RATE}/s, p99`,
      ...latency,
      servers: all,
      measure: ({ port }, generator, seconds) => p99(generator, { port, seconds, names: [KUBERNETES] }, RATE),
    },
  ];
}

/** What egress names cost. They fill caches, so the others are measured first. */
export function egressMeasurements({ installed, rewritten }: ClusterDns, settings: Settings): Measurement[] {
  const egress = [installed, rewritten];
  const warm = listedNames(settings).slice(0, 1);
  const cold = (count: number) => freshNames(settings, count);
  return [
    {
      title: "an egress name, warm, at full speed",
      ...fullSpeed,
      servers: egress,
      measure: ({ port }, generator, seconds) => peak(generator, { port, seconds, names: warm }),
    },
    {
      title: `an egress name, warm, at ${RATE}/s, p99`,
      ...latency,
      servers: egress,
      measure: ({ port }, generator, seconds) => p99(generator, { port, seconds, names: warm }, RATE),
    },
    {
      title: "egress names, cold, at full speed",
      ...fullSpeed,
      servers: egress,
      measure: ({ port }, generator, seconds) =>
        peak(generator, { port, seconds, names: cold(FRESH * seconds) }, { once: true }),
    },
    {
      title: `egress names, cold, at ${RATE}/s, p99`,
      ...latency,
      servers: egress,
      measure: ({ port }, generator, seconds) =>
        p99(generator, { port, seconds, names: cold(2 * RATE * seconds) }, RATE),
    },
  ];
}

/** What the size of the zone costs egress-dns. */
export function zoneMeasurements(zones: readonly Zone[]): Measurement[] {
  const namesOf = (server: Server) => listedNames((server as Zone).settings);
  return [
    {
      title: "all of its names at full speed",
      ...fullSpeed,
      servers: zones,
      measure: (zone, generator, seconds) =>
        peak(generator, { port: zone.port, seconds, names: namesOf(zone) }),
    },
    {
      title: `all of its names at ${RATE}/s, p99`,
      ...latency,
      servers: zones,
      measure: (zone, generator, seconds) =>
        p99(generator, { port: zone.port, seconds, names: namesOf(zone) }, RATE),
    },
  ];
}
