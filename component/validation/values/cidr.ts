import { NEVER_ALLOWED } from "../../../proxy-image/src/contract/policy/never-allowed";
import { type Cidr, contains, parseCidr } from "../../cidr";

/** The problem of a text that is not a range. */
export const NO_CIDR = `is not a range in CIDR notation; write it as in "10.20.0.0/16" or "fd12:3456::/48"`;

/** The problem of a range in CIDR notation as an upstream's allowed range, or undefined. */
export function allowedCidrProblem(cidr: string): string | undefined {
  const range = parseCidr(cidr);
  if (!range) return NO_CIDR;
  for (const { what, cidr: never } of NEVER_ALLOWED) {
    if (opens(range, parseCidr(never)!)) {
      return `covers ${what} (${never}), which is never allowed; name a narrower range, such as "10.20.0.0/16"`;
    }
  }
  return undefined;
}

/**
 * Whether a range is meant to open a forbidden one. A wide range that includes a single forbidden address is not: the
 * proxy excludes that address, and a user who allows 100.64.0.0/10 does not mean it.
 */
function opens(range: Cidr, never: Cidr): boolean {
  const isAddress = never.prefix === (never.family === 4 ? 32 : 128);
  return contains(never, range) || (!isAddress && contains(range, never));
}
