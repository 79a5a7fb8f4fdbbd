import { corefile, DNS_FOLDER, DNS_PORTS, servicesZone } from "../../../component/corefile";
import type { Settings } from "../../../component/settings";
import { zoneText } from "../../../component/zone";
import { stubBlock } from "../../../proxy-image/src/contract/stub-domain/block";
import { freePorts } from "../../harness/free-ports";
import { type CoreDns, startCoreDns } from "./coredns";

/** The name of egress-dns's own Service, unless a test needs another. */
const DNS_SERVICE = "egress-dns";
/** The address of every Service. */
export const SERVICE_IP = "10.96.1.1";

/** Loopback ports of one egress-dns. */
export type Ports = Record<keyof typeof DNS_PORTS, number>;

/** The files of egress-dns's ConfigMap, moved to loopback; nothing else about them changes. */
export function egressDnsFiles(
  settings: Settings,
  ports: Ports,
  clusterDns: number,
  dnsService = DNS_SERVICE,
  families: readonly string[] = ["IPv4"],
): { Corefile: string; zone: string } {
  const moves: [string, string][] = [
    [`:${DNS_PORTS.dns} {`, `:${ports.dns} {\n  bind 127.0.0.1`],
    ...(["health", "ready", "metrics"] as const).map((name): [string, string] => [
      ` :${DNS_PORTS[name]}`,
      ` 127.0.0.1:${ports[name]}`,
    ]),
    [`${DNS_FOLDER}/`, ""],
    ["/etc/resolv.conf", `127.0.0.1:${clusterDns}`],
  ];
  let text = corefile(settings, families);
  for (const [from, to] of moves) {
    if (!text.includes(from))
      throw new Error(`no ${JSON.stringify(from)} in egress-dns's Corefile:\n${text}`);
    text = text.replaceAll(from, to);
  }
  return { Corefile: text, zone: zoneText(settings, dnsService) };
}

export async function egressPorts(): Promise<Ports> {
  const [dns, health, ready, metrics] = (await freePorts(4)) as [number, number, number, number];
  return { dns, health, ready, metrics };
}

/** The ports of a cluster's DNS, and what is special about it. */
export interface ClusterDnsPlace {
  dns: number;
  egressDns: number;
  /** Records of the cluster's domain; absent: every Service has an address. */
  services?: string | undefined;
  /** More lines of its block for all names. */
  plugins?: readonly string[] | undefined;
}

/**
 * A CoreDNS as the cluster's own: the file `services` stands in for its Kubernetes plugin, the stub domain is ours,
 * any other name does not exist.
 */
export function clusterDnsFiles(
  settings: Settings,
  { dns, egressDns, services, plugins = [] }: ClusterDnsPlace,
): Record<string, string> {
  const { clusterDomain, domain } = settings;
  const stub = stubBlock({
    domain,
    port: dns,
    bind: ["bind 127.0.0.1"],
    forwardTo: `127.0.0.1:${egressDns}`,
  });
  return {
    Corefile: `.:${dns} {\n  bind 127.0.0.1\n${plugins.map((plugin) => `  ${plugin}\n`).join("")}  file services ${clusterDomain}\n  file root .\n}\n${stub}`,
    services: `${apex(clusterDomain)}${services ?? `*.${servicesZone(settings)}. A ${SERVICE_IP}\n`}`,
    root: apex(""),
  };
}

function apex(zone: string): string {
  return `$TTL 5\n${zone}. SOA ns.dns.${zone}. hostmaster.${zone}. 1 7200 1800 86400 5\n${zone}. NS ns.dns.${zone}.\n`.replaceAll(
    "..",
    ".",
  );
}

/** A cluster's DNS on loopback. */
export async function startClusterDns(
  program: string,
  settings: Settings,
  place: ClusterDnsPlace,
): Promise<CoreDns & { port: number }> {
  return { ...(await startCoreDns(program, clusterDnsFiles(settings, place))), port: place.dns };
}

/** egress-dns on loopback, with the Services' addresses from the DNS at port `clusterDns`. */
export async function startEgressDns(
  program: string,
  settings: Settings,
  clusterDns: number,
  {
    ports,
    dnsService,
    families,
  }: { ports?: Ports; dnsService?: string | undefined; families?: readonly string[] | undefined } = {},
): Promise<CoreDns & { ports: Ports }> {
  const own = ports ?? (await egressPorts());
  const files = egressDnsFiles(settings, own, clusterDns, dnsService, families);
  return { ...(await startCoreDns(program, files)), ports: own };
}

/** egress-dns, and the cluster's DNS in front of and behind it. */
export interface DnsWorld extends AsyncDisposable {
  readonly egress: CoreDns;
  readonly ports: Ports;
  /** Port of the cluster's DNS. */
  readonly clusterDns: number;
}

/** @param options `families`: those of the Services' addresses, as egress-dns knows them; IPv4 by default */
export async function startDnsWorld(
  program: string,
  settings: Settings,
  {
    services,
    plugins,
    dnsService,
    families,
  }: Pick<ClusterDnsPlace, "services" | "plugins"> & {
    dnsService?: string;
    families?: readonly string[];
  } = {},
): Promise<DnsWorld> {
  const ports = await egressPorts();
  const [dns] = (await freePorts(1)) as [number];
  const cluster = await startClusterDns(program, settings, { dns, egressDns: ports.dns, services, plugins });
  try {
    const egress = await startEgressDns(program, settings, dns, { ports, dnsService, families });
    return {
      egress,
      ports,
      clusterDns: dns,
      async [Symbol.asyncDispose]() {
        await egress[Symbol.asyncDispose]();
        await cluster[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}
