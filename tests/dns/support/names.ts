import type { Upstream } from "../../../component/args/upstream";
import { serviceName } from "../../../component/names";

/** Few and short, so that hosts meet: below, above and beside one another. */
const LABELS = ["a", "b", "c", "api", "1", "0x1", "a-b", "a--b", "xn--bcher-kva", "l".repeat(63)];
const SUFFIXES = ["example.com", "s.example.com", "a.s.example.com", "github.io", "co.uk", "a.b", "com.a"];
const DOMAINS = [
  "egress.local",
  "out.example.internal",
  "a.b",
  `${"d".repeat(63)}.${"e".repeat(63)}.internal`,
];
const MAX_NAME_LENGTH = 253;
const MAX_LABEL_LENGTH = 63;

/** Upstream lists and names to ask for, the same for the same seed. */
export class NameGenerator {
  private state: number;

  /** @param seed a whole number */
  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  readonly domain = (): string => this.pick(DOMAINS);

  /** Hosts and wildcards that overlap, some of them as long as a name can be. */
  upstreams(domain: string): Upstream[] {
    const hosts = new Set(Array.from({ length: 1 + this.below(12) }, () => this.host(domain)));
    return [...hosts].map((host) => ({
      host,
      // Wildcards here are over anything.
      ...(host.startsWith("*.") && { sharedSuffix: true, allow: [{ clients: [{ namespace: "shop" }] }] }),
    }));
  }

  /** Names below the domain, with it: listed ones, and what is like them. */
  names(hosts: readonly string[], domain: string): string[] {
    const below = hosts.flatMap((host) => this.around(host, domain));
    const random = Array.from({ length: 10 }, () => this.labels(1 + this.below(4)));
    const all = [...below, ...random, "*", "_", "www", "local", "svc.cluster.local"].map(
      (name) => `${name}.${domain}`,
    );
    return [...new Set([...all, domain, domain.toUpperCase()])];
  }

  private host(domain: string): string {
    const name = this.pick([
      () => `${this.labels(1 + this.below(4))}.${this.pick(SUFFIXES)}`,
      () => this.pick(SUFFIXES),
      // As long as a name below the domain can be, or nearly, where `*.` no longer fits.
      () => longName(this.pick(SUFFIXES), MAX_NAME_LENGTH - domain.length - 1 - this.below(4)),
    ])();
    return this.below(3) === 0 ? `*.${name}`.slice(0, MAX_NAME_LENGTH) : name;
  }

  private around(host: string, domain: string): string[] {
    const name = host.replace(/^\*\./, "");
    const service = serviceName(host);
    const label = this.pick(LABELS);
    return [
      name,
      `${label}.${name}`,
      `zz.${label}.${name}`,
      `${this.labels(3)}.${name}`,
      // Above it, and beside it by less than a label.
      ...name.split(".").map((_, index, labels) => labels.slice(index).join(".")),
      `x${name}`,
      name.slice(1),
      `${name}x`,
      // What third parties use, what DNS takes but no host name is, and what no Host header can say.
      ...["_dmarc", "_", "a_b", "-a", "a-", "*", "a b", "a/b", "a:1", "a@b", "é", "%41"].map(
        (odd) => `${odd}.${name}`,
      ),
      name.toUpperCase(),
      `${label.toUpperCase()}.${name}`,
      `${"l".repeat(MAX_LABEL_LENGTH)}.${name}`,
      longName(name, MAX_NAME_LENGTH - domain.length - 1),
      longName(name, MAX_NAME_LENGTH - domain.length - 2),
      service,
      `${service}.egress`,
      `${service}.egress.svc.cluster.local`,
      `${name}.${domain}`,
    ];
  }

  private labels(count: number): string {
    return Array.from({ length: count }, () => this.pick(LABELS)).join(".");
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** Mulberry32: small, and good enough to choose words. */
  private below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }
}

/** A name of exactly this length below `suffix`; the suffix itself where it is as long already. */
function longName(suffix: string, length: number): string {
  let name = suffix;
  while (name.length < length - 1) {
    const room = length - name.length - 1;
    // Never one character short of the end, where only a dot would fit.
    const label = room > MAX_LABEL_LENGTH + 1 ? MAX_LABEL_LENGTH : Math.min(room, MAX_LABEL_LENGTH - 1);
    name = `${"n".repeat(label)}.${name}`;
  }
  return name;
}

/** Whether a name can be asked for: labels and the whole within DNS's limits (RFC 1035 §2.3.4). */
export function fitsDns(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && name.split(".").every(({ length }) => length >= 1 && length <= 63);
}
