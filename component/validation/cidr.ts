import { BlockList, isIP } from "node:net";
import { NEVER_ALLOWED } from "../../proxy-image/src/policy/never-allowed";

/** What is wrong with a range in CIDR notation as an upstream's allowed range, or undefined. */
export function allowedCidrProblem(cidr: string): string | undefined {
  const range = parse(cidr);
  if (!range) return `is not a range in CIDR notation; write it as in "10.20.0.0/16" or "fd12:3456::/48"`;
  for (const { what, cidr: never } of NEVER_ALLOWED) {
    if (opens(range, parse(never)!)) {
      return `covers ${what} (${never}), which is never allowed; name a narrower range, such as "10.20.0.0/16"`;
    }
  }
  return undefined;
}

interface Range {
  address: string;
  prefix: number;
  family: "ipv4" | "ipv6";
}

function parse(cidr: string): Range | undefined {
  const match = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(cidr);
  if (!match) return undefined;
  const version = isIP(match[1]!);
  const prefix = Number(match[2]);
  if (version === 0 || prefix > (version === 4 ? 32 : 128)) return undefined;
  return { address: match[1]!, prefix, family: version === 4 ? "ipv4" : "ipv6" };
}

/**
 * Whether a range is meant to open a forbidden one. A single forbidden address within a wide range is not: the proxy
 * leaves it out, and who allows 100.64.0.0/10 does not think of it.
 */
function opens(range: Range, never: Range): boolean {
  if (range.family !== never.family) return false;
  const isAddress = never.prefix === (never.family === "ipv4" ? 32 : 128);
  return holds(never, range.address) || (!isAddress && holds(range, never.address));
}

function holds(range: Range, address: string): boolean {
  const list = new BlockList();
  list.addSubnet(range.address, range.prefix, range.family);
  return list.check(address, range.family);
}
