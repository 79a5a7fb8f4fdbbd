import { randomBytes } from "node:crypto";
import { BlockList } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ask, DnsServer, Transport } from "./ask";
import {
  clusterCheck,
  freshCheck,
  listedChecks,
  searchChecks,
  strangerChecks,
  zoneCheck,
  type Check,
  type StubZone,
} from "./checks";

/** Whether the cluster's DNS serves the stub domain; if not, which server answers what instead. */
export type Proof = { serves: true } | NotServed;

export interface NotServed {
  serves: false;
  reason: string;
  /** Addresses of processes that answer, but not from our zone: they have not loaded the stub domain. */
  unloaded?: string[];
}

/** The servers that can be queried. */
export interface ClusterDnsServers {
  /** Every ready process of the cluster's DNS. */
  endpoints: readonly DnsServer[];
  /** The servers that pods query. */
  resolvers: readonly DnsServer[];
  /** The search domains of pods. */
  search: readonly string[];
}

/** Several processes may share a server's address, and some of them may still have the old configuration. */
const ROUNDS: readonly Transport[] = ["udp", "udp", "udp", "tcp"];
const PAUSE_MS = 200;
const MAX_REASONS = 3;

/** Addresses that only a process on the same node can have: RFC 3927. */
const LINK_LOCAL = new BlockList();
LINK_LOCAL.addSubnet("169.254.0.0", 16, "ipv4");

/**
 * Queries every server several times for the zone's SOA record; then for a name that no cache can have, for both types
 * of address of a listed name, and for one of the cluster's own names; and the resolvers also through their search
 * domains. One wrong answer means that the stub domain does not serve.
 */
export async function prove(
  ask: Ask,
  { endpoints, resolvers, search }: ClusterDnsServers,
  zone: StubZone,
): Promise<Proof> {
  const servers = [...endpoints, ...resolvers];
  if (endpoints.length === 0) return { serves: false, reason: "the cluster's DNS has no ready endpoint" };
  for (const [round, transport] of ROUNDS.entries()) {
    if (round > 0) await sleep(PAUSE_MS);
    const [wrong, beside] = await Promise.all(
      [endpoints, resolvers].map((some) => complaints(ask, some, transport, [zoneCheck(zone)])),
    );
    const proof = verdict([...wrong!, ...beside!]);
    if (proof.serves) continue;
    const cache =
      wrong!.length === 0 ? resolvers.find(({ address }) => LINK_LOCAL.check(address)) : undefined;
    const reason = cache ? `${proof.reason}. ${whyCached(cache)}` : proof.reason;
    return { serves: false, reason, unloaded: await unloadedOf(ask, endpoints, zone) };
  }
  const nonce = randomBytes(8).toString("hex");
  const names = [freshCheck(zone, nonce), ...listedChecks(zone), clusterCheck(zone)];
  const searches = search.flatMap((domain) => searchChecks(zone, domain));
  return verdict([
    ...(await complaints(ask, servers, "udp", names)),
    ...(await complaints(ask, resolvers, "udp", searches)),
  ]);
}

/**
 * Whether a name of the domain has an address in a search domain, which a pod's resolver tries first: then requests
 * would go there, with the applications' credentials. No answer says nothing.
 *
 * @returns which server answers what; undefined if none does
 */
export async function strangerIn(
  ask: Ask,
  { resolvers, search }: Pick<ClusterDnsServers, "resolvers" | "search">,
  zone: StubZone,
): Promise<string | undefined> {
  const checks = search.flatMap((domain) => strangerChecks(zone, domain));
  return (await complaints(ask, resolvers, "udp", checks))[0];
}

/**
 * The primary name server of the zone, if there is one.
 *
 * @throws Error if no server answers at all
 */
export async function primaryOf(
  ask: Ask,
  servers: readonly DnsServer[],
  domain: string,
): Promise<string | undefined> {
  const answers = await Promise.allSettled(
    servers.map((server) => ask(server, "udp", { name: domain, type: "SOA" })),
  );
  const failures = answers.filter((answer) => answer.status === "rejected");
  if (failures.length === answers.length) {
    throw new Error(
      `the cluster's DNS does not answer: ${listed(failures.map(({ reason }, at) => `${servers[at]!.address}: ${text(reason)}`))}`,
    );
  }
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? (answer.value.mname ?? []) : []))[0];
}

/**
 * The first server that still answers from our zone; undefined if none does. A server that does not answer does not
 * serve.
 *
 * @param mname as in {@link StubZone}
 */
export async function stillServedBy(
  ask: Ask,
  servers: readonly DnsServer[],
  { domain, mname }: Pick<StubZone, "domain" | "mname">,
): Promise<string | undefined> {
  for (const transport of ROUNDS) {
    const answers = await Promise.allSettled(
      servers.map((server) => ask(server, transport, { name: domain, type: "SOA" })),
    );
    const at = answers.findIndex((answer) => answer.status === "fulfilled" && answer.value.mname === mname);
    if (at >= 0) return servers[at]!.address;
  }
  return undefined;
}

function whyCached({ address }: DnsServer): string {
  return (
    `Each process of the cluster's DNS serves it, but ${address} is a cache on this node, which pods query first and ` +
    "which does not ask the cluster's DNS: dns.nodeLocalDns and dns.nodeLocalConfigMap (docs/platforms/node-local-dns.md)"
  );
}

async function unloadedOf(ask: Ask, endpoints: readonly DnsServer[], { domain, mname }: StubZone) {
  const answers = await Promise.allSettled(
    endpoints.map((server) => ask(server, "udp", { name: domain, type: "SOA" })),
  );
  return answers.flatMap((answer, at) =>
    answer.status === "fulfilled" && answer.value.mname !== mname && answer.value.rcode !== "SERVFAIL"
      ? [endpoints[at]!.address]
      : [],
  );
}

async function complaints(
  ask: Ask,
  servers: readonly DnsServer[],
  transport: Transport,
  checks: readonly Check[],
): Promise<string[]> {
  const able = servers.filter(({ ports }) => ports[transport] !== undefined);
  const pairs = able.flatMap((server) => checks.map((check) => ({ server, check })));
  const answers = await Promise.all(
    pairs.map(({ server, check }) => complaint(ask, server, transport, check)),
  );
  return answers.filter((reason) => reason !== undefined);
}

async function complaint(ask: Ask, server: DnsServer, transport: Transport, check: Check) {
  const who = `${server.address} port ${server.ports[transport] ?? "?"}/${transport}`;
  try {
    const wrong = check.complaint(await ask(server, transport, check.question));
    return wrong === undefined ? undefined : `${who} ${wrong}`;
  } catch (error) {
    return check.mayFail ? undefined : `${who}: ${text(error)} (${check.question.name})`;
  }
}

function verdict(reasons: string[]): { serves: true } | { serves: false; reason: string } {
  return reasons.length > 0 ? { serves: false, reason: listed(reasons) } : { serves: true };
}

function listed(reasons: string[]): string {
  const more = reasons.length - MAX_REASONS;
  return reasons.slice(0, MAX_REASONS).join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
