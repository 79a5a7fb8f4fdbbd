import { setTimeout as sleep } from "node:timers/promises";
import type { AskSoa, DnsServer, Transport } from "./ask";

/** Whether the cluster's DNS serves the stub domain, and if not, who says what instead. */
export type Proof = { serves: true } | { serves: false; reason: string };

/** A server may have more than one process behind its address, of which some still have the old configuration. */
const ROUNDS: readonly Transport[] = ["udp", "udp", "udp", "tcp"];
const PAUSE_MS = 200;
const MAX_REASONS = 3;

/**
 * Asks every server for the zone's SOA record, several times: all must name our DNS server as the primary one, which
 * only our own zone file does.
 *
 * @param mname lower case, with the last dot
 */
export async function prove(
  ask: AskSoa,
  servers: readonly DnsServer[],
  zone: string,
  mname: string,
): Promise<Proof> {
  if (servers.length === 0) return { serves: false, reason: "the cluster's DNS has no ready endpoint" };
  for (const [round, transport] of ROUNDS.entries()) {
    if (round > 0) await sleep(PAUSE_MS);
    const able = servers.filter(({ ports }) => ports[transport] !== undefined);
    const answers = await Promise.all(able.map((server) => complaint(ask, server, transport, zone, mname)));
    const reasons = answers.filter((reason) => reason !== undefined);
    if (reasons.length > 0) return { serves: false, reason: listed(reasons) };
  }
  return { serves: true };
}

/**
 * Who answers for the zone, if anybody: its primary name server.
 *
 * @throws Error when no server answers at all
 */
export async function primaryOf(
  ask: AskSoa,
  servers: readonly DnsServer[],
  zone: string,
): Promise<string | undefined> {
  const answers = await Promise.allSettled(servers.map((server) => ask(server, "udp", zone)));
  const failures = answers.filter((answer) => answer.status === "rejected");
  if (failures.length === answers.length) {
    throw new Error(
      `the cluster's DNS does not answer: ${listed(failures.map(({ reason }, at) => `${servers[at]!.address}: ${text(reason)}`))}`,
    );
  }
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? (answer.value.mname ?? []) : []))[0];
}

async function complaint(ask: AskSoa, server: DnsServer, transport: Transport, zone: string, mname: string) {
  const who = `${server.address} port ${server.ports[transport] ?? "?"}/${transport}`;
  try {
    const answer = await ask(server, transport, zone);
    if (answer.mname === mname) return undefined;
    if (answer.mname !== undefined)
      return `${who} answers for ${printable(answer.mname)} instead of ${mname}`;
    return `${who} answers ${answer.rcode} without the zone's SOA`;
  } catch (error) {
    return `${who}: ${text(error)}`;
  }
}

function listed(reasons: string[]): string {
  const more = reasons.length - MAX_REASONS;
  return reasons.slice(0, MAX_REASONS).join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** A name from an answer may hold any bytes, and goes to logs and events. */
function printable(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
