import { writeFileSync } from "node:fs";
import { Stage } from "../bench/stage/stage";
import { residentMiB } from "../bench/stage/usage";
import { corednsProgram } from "../dns/support/coredns";
import { findDnsperf } from "./load/dnsperf";
import { clusterMeasurements, egressMeasurements, type Measurement, zoneMeasurements } from "./measure";
import { type Options, parseOptions, USAGE } from "./options";
import { document, sizeTable, table } from "./report/report";
import { measureAll } from "./rounds";
import { servicesOf, settingsWith, UPSTREAMS } from "./scene/names";
import { startClusterDns, startZone, type Zone } from "./scene/scene";

/** Sizes of zones; the component allows 1,000 upstreams, 10,000 is for the server alone. */
const ZONES = [10, 1_000, 10_000];

/** What the cluster's DNS loses by the installation, and what egress names cost, on this machine, now. */
async function main(options: Options): Promise<void> {
  const dnsperf = findDnsperf();
  const program = await corednsProgram();
  const progress = (text: string) => process.stderr.write(`bench: ${text}\n`);
  const stage = new Stage();
  const generator = { dnsperf, file: stage.path("questions") };

  const settings = settingsWith(UPSTREAMS);
  // Those of the largest zone, so that all its names have an address.
  const services = servicesOf(settingsWith(Math.max(...ZONES)));
  const clusterDns = await startClusterDns(stage, program, settings, services);
  const measure = (measurements: Measurement[]) => measureAll(measurements, generator, options, progress);
  const cluster = [
    ...(await measure(clusterMeasurements(clusterDns))),
    ...(await measure(egressMeasurements(clusterDns, settings))),
  ];

  const zones: Zone[] = [];
  for (const names of ZONES) zones.push(await startZone(stage, program, names, clusterDns.installed));
  const idle = zones.map(({ pid }) => residentMiB(pid));
  const bySize = await measure(zoneMeasurements(zones));
  const sizes = zones.map(({ name, start, pid }, index) => ({
    name,
    start,
    idle: idle[index]!,
    loaded: residentMiB(pid),
  }));
  stage.clear();

  console.log(`\nmedians of ${options.rounds} rounds of ${options.seconds} s; ${UPSTREAMS} upstreams\n`);
  console.log(table("the cluster's DNS", cluster));
  console.log(`\n${sizeTable(sizes)}\n\n${table("egress-dns alone", bySize)}\n`);
  writeFileSync(options.json, document(options, cluster, bySize, sizes));
  console.log(`all of it, by rounds: ${options.json}`);
}

try {
  main(parseOptions(process.argv.slice(2))).catch(fail);
} catch (error) {
  console.error(USAGE);
  fail(error);
}

function fail(error: unknown): void {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
