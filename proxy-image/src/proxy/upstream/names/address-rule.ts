import { BlockList, isIP } from "node:net";
import { NEVER_ALLOWED } from "../../../contract/policy/never-allowed";
import { type TranslationPrefix, embeddedIn } from "./translated";
import { GLOBAL_IPV6, SPECIAL_RANGES } from "../../../contract/policy/special-ranges";

/**
 * Decides whether an address may be connected to.
 *
 * @param translators prefixes of the network's translators; an address below one stands for an IPv4 address
 */
export type AddressRule = (address: string, translators?: readonly TranslationPrefix[]) => boolean;

/**
 * Creates the rule of one upstream.
 *
 * @param allowedCidrs special ranges that it may be in
 * @param isOwn whether an address is the API server's or one of our pods', which no upstream may have
 */
export function addressRule(allowedCidrs: readonly string[], isOwn: AddressRule): AddressRule {
  const allowed = ranges(allowedCidrs);
  const permits: AddressRule = (address, translators) => {
    if (isIP(address) === 0 || address.includes("%")) return false;
    if (never(address) || isOwn(address) || (isSpecial(address) && !allowed(address))) return false;
    // A translator's range can be allowed, for clusters without IPv4. The IPv4 addresses behind it need to be allowed
    // too.
    return embeddedIn(address, translators).every((inner) => permits(inner));
  };
  return permits;
}

/** A rule that matches these addresses, in any spelling. */
export function among(addresses: readonly string[]): AddressRule {
  return ranges(addresses.map((address) => `${address}/${isIP(address) === 4 ? 32 : 128}`));
}

/** Outside IPv6's global unicast space only the translators' well-known prefix is public (RFC 4291 §2.4). */
function isSpecial(address: string): boolean {
  return special(address) || (isIP(address) === 6 && !global(address));
}

/**
 * Whether an address is in one of these ranges. One list per family, because a BlockList treats an IPv4 address as the
 * IPv6 one that it maps to: `::ffff:0:0/96` would contain all of IPv4.
 */
function ranges(cidrs: readonly string[]): (address: string) => boolean {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const cidr of cidrs) {
    const [address, prefix] = cidr.split("/") as [string, string];
    const family = familyOf(address);
    lists[family].addSubnet(address, Number(prefix), family);
  }
  return (address) => {
    const family = familyOf(address);
    return lists[family].check(address, family);
  };
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}

const never = ranges(NEVER_ALLOWED.map(({ cidr }) => cidr));
const special = ranges(SPECIAL_RANGES);
const global = ranges(GLOBAL_IPV6);
