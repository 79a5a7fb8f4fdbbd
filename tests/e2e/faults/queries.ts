import { setTimeout as sleep } from "node:timers/promises";
import { ask, type DnsServer } from "../../../proxy-image/src/stubdomain/dns/ask";

/** What became of the questions; printed as JSON when standard input ends. */
export interface Queries {
  sent: number;
  /** Unanswered at first, and answered when asked again, as every resolver does. */
  repeated: number;
  lost: number;
  /** Why and when the first of them were not answered, and the last. */
  reasons: string[];
}

const NAME = "kubernetes.default.svc.cluster.local";
const PAUSE_MS = 10;
const ATTEMPTS = 2;
const MAX_REASONS = 20;

/** Asks the server without a pause for a name of the cluster, until standard input ends. */
async function main(address: string): Promise<void> {
  const server: DnsServer = { address, ports: { udp: 53, tcp: 53 } };
  const queries: Queries = { sent: 0, repeated: 0, lost: 0, reasons: [] };
  const end = new AbortController();
  process.stdin.on("end", () => end.abort()).resume();
  while (!end.signal.aborted) {
    queries.sent++;
    const failures: string[] = [];
    while (failures.length < ATTEMPTS) {
      const failure = await failureOf(server);
      if (failure === undefined) break;
      failures.push(failure);
    }
    const reasons = failures.map((failure) => `${new Date().toISOString()} ${failure}`);
    if (reasons.length > 0) queries.reasons.splice(MAX_REASONS - 1, MAX_REASONS, ...reasons.slice(0, 1));
    if (failures.length === ATTEMPTS) queries.lost++;
    else if (failures.length > 0) queries.repeated++;
    await sleep(PAUSE_MS);
  }
  process.stdout.write(`${JSON.stringify(queries)}\n`);
}

async function failureOf(server: DnsServer): Promise<string | undefined> {
  try {
    const { rcode, addresses } = await ask(server, "udp", { name: NAME, type: "A" });
    return addresses.length > 0 ? undefined : rcode;
  } catch (error) {
    return (error as Error).message;
  }
}

void main(process.argv[2]!);
