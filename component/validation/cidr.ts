import { BlockList, isIP } from "node:net";

/** What no upstream may resolve to, whatever the arguments say. The proxy enforces the same. */
const NEVER = [
  ["loopback", "127.0.0.0/8"],
  ["loopback", "::1/128"],
  ["link-local", "169.254.0.0/16"],
  ["link-local", "fe80::/10"],
  ["multicast", "224.0.0.0/4"],
  ["multicast", "ff00::/8"],
  ["this network", "0.0.0.0/8"],
  ["the unspecified address", "::/128"],
  ["a cloud's metadata address", "168.63.129.16/32"],
  ["a cloud's metadata address", "fd00:ec2::254/128"],
] as const;

/** What is wrong with a range in CIDR notation as an upstream's allowed range, or undefined. */
export function allowedCidrProblem(cidr: string): string | undefined {
  const range = parse(cidr);
  if (!range) return `is not a range in CIDR notation; write it as in "10.20.0.0/16" or "fd12:3456::/48"`;
  for (const [what, never] of NEVER) {
    const other = parse(never)!;
    if (overlap(range, other)) {
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

/** Two CIDR ranges overlap exactly where one holds the other's address. */
function overlap(a: Range, b: Range): boolean {
  return a.family === b.family && (holds(a, b.address) || holds(b, a.address));
}

function holds(range: Range, address: string): boolean {
  const list = new BlockList();
  list.addSubnet(range.address, range.prefix, range.family);
  return list.check(address, range.family);
}
