import { Resolver } from "node:dns/promises";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Settings } from "../../../component/settings";
import { freePorts } from "../../harness/free-ports";
import type { Stage } from "../../bench/stage/stage";
import { egressDnsFiles, egressPorts } from "../../dns/support/egress-dns";
import { type Service, startApiServer } from "./api-server";
import { before, installed, type Place, rewritten } from "./cluster-dns";
import { KUBERNETES, listedNames, settingsWith } from "./names";

/** Milliseconds for a server to answer. */
const PATIENCE = 20_000;
/** The rest of the world: a root without names. */
const INTERNET_ZONE = ". 60 IN SOA ns. hostmaster. 1 60 60 60 60\n. 60 IN NS ns.\n";

/** A DNS server under load. */
export interface Server {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
}

/** A cluster's DNS without, with our stub domain, and with a rewrite rule instead. */
export interface ClusterDns {
  readonly before: Server;
  /** The same once more: what differs between these two is the machine's noise. */
  readonly control: Server;
  readonly installed: Server;
  readonly rewritten: Server;
}

/** egress-dns alone, with a zone of its size. */
export interface Zone extends Server {
  readonly settings: Settings;
  /** Milliseconds from the process to its first answer. */
  readonly start: number;
}

/**
 * Starts the DNS servers of clusters with the same Services.
 *
 * @param settings of the installation
 */
export async function startClusterDns(
  stage: Stage,
  program: string,
  settings: Settings,
  services: readonly Service[],
): Promise<ClusterDns> {
  const apiServer = await startApiServer(services);
  const [internet] = (await freePorts(1)) as [number];
  start(stage, program, "internet", internet, {
    Corefile: `.:${internet} {\n  bind 127.0.0.1\n  file root .\n}\n`,
    root: INTERNET_ZONE,
  });
  const cluster = async (name: string, corefile: (place: Place) => string): Promise<Server> => {
    const [port, ...admin] = (await freePorts(4)) as [number, number, number, number];
    const server = start(stage, program, name, port, {
      Corefile: corefile({ port, admin, apiServer, internet }),
    });
    await untilResolves(name, port, KUBERNETES);
    return server;
  };
  const ports = await egressPorts();
  const servers = {
    before: await cluster("before", before),
    control: await cluster("the same again", before),
    installed: await cluster("installed", (place) => installed(place, settings.domain, ports.dns)),
    rewritten: await cluster("rewrite rule", (place) => rewritten(place, settings.domain)),
  };
  start(stage, program, "egress-dns", ports.dns, egressDnsFiles(settings, ports, servers.installed.port));
  const [listed] = listedNames(settings);
  for (const { name, port } of [servers.installed, servers.rewritten])
    await untilResolves(name, port, listed!);
  return servers;
}

/** Starts egress-dns with a zone of so many names, in front of a cluster's DNS that knows their Services. */
export async function startZone(
  stage: Stage,
  program: string,
  names: number,
  clusterDns: Server,
): Promise<Zone> {
  const settings = settingsWith(names);
  const ports = await egressPorts();
  const began = performance.now();
  const name = `${names} names`;
  const server = start(stage, program, name, ports.dns, egressDnsFiles(settings, ports, clusterDns.port));
  await untilResolves(name, server.port, listedNames(settings)[0]!);
  return { ...server, settings, start: performance.now() - began };
}

function start(
  stage: Stage,
  program: string,
  name: string,
  port: number,
  files: Record<string, string>,
): Server {
  const folder = stage.path(name);
  mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) {
    // Zones are named by relative paths, but the processes share a working directory.
    const absolute = text.replaceAll(
      /^(\s*file )(\w+)/gm,
      (_, plugin: string, zone: string) => plugin + JSON.stringify(join(folder, zone)),
    );
    writeFileSync(join(folder, file), absolute);
  }
  const { pid } = stage.processes.start(name, program, ["-conf", join(folder, "Corefile")]);
  return { name, port, pid };
}

/** Waits for an address, so that nothing is measured that does not work. */
async function untilResolves(server: string, port: number, name: string): Promise<void> {
  const resolver = new Resolver({ timeout: 200, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  const deadline = performance.now() + PATIENCE;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      await resolver.resolve4(name);
      return;
    } catch (error) {
      last = error;
      await sleep(5);
    }
  }
  throw new Error(`${server} does not resolve ${name}: ${String(last)}`);
}
