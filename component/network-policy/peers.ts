import { isIP } from "node:net";
import { NEVER_ALLOWED } from "../../proxy-image/src/contract/policy/never-allowed";
import { GLOBAL_IPV6, SPECIAL_RANGES } from "../../proxy-image/src/contract/policy/special-ranges";
import { type Cidr, contains, formatCidr, parseCidr } from "../cidr";

/** One side of the traffic that a NetworkPolicy allows. */
export interface Peer {
  namespaceSelector?: { matchLabels?: { [key: string]: string } };
  podSelector?: { matchLabels: { [key: string]: string } };
  ipBlock?: { cidr: string; except?: string[] };
}

export interface Port {
  port: number;
  protocol: "TCP" | "UDP";
}

/**
 * Every pod in the cluster. By labels, not by addresses: plugins disagree on whether a range of addresses includes pods
 * (Cilium's ranges never do), and the user need not know the cluster's ranges.
 */
export const EVERY_POD: Peer = { namespaceSelector: {} };

/** The pods of a namespace; with labels, those that have all of them. */
export function podsIn(namespace: string, labels?: { [key: string]: string }): Peer {
  return {
    // Kubernetes itself sets it on every namespace, so no namespace can claim another's name.
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    ...(labels && { podSelector: { matchLabels: labels } }),
  };
}

/** A range of addresses. */
export function range(cidr: string): Peer {
  return { ipBlock: { cidr: formatCidr(parseCidr(cidr)!) } };
}

/** A range of addresses, without those that are never a third party's. */
export function thirdPartyRange(cidr: string): Peer {
  return block(parseCidr(cidr)!, NEVER);
}

/** One address. */
export function address(ip: string): Peer {
  return range(`${ip}/${isIP(ip) === 4 ? 32 : 128}`);
}

export function ports(protocol: Port["protocol"], numbers: readonly number[]): Port[] {
  return numbers.map((port) => ({ port, protocol }));
}

const NEVER = NEVER_ALLOWED.map(({ cidr }) => parseCidr(cidr)!);
const SPECIAL = SPECIAL_RANGES.map((cidr) => parseCidr(cidr)!);

/** The same ranges below the translators' well-known prefix (RFC 6052): 96 bits, then an IPv4 address. */
const TRANSLATED: readonly Cidr[] = [...NEVER, ...SPECIAL]
  .filter(({ family }) => family === 4)
  .map(({ first, prefix }) => ({
    family: 6,
    first: parseCidr("64:ff9b::/96")!.first + first,
    prefix: 96 + prefix,
  }));

/**
 * Addresses of third parties: all of IPv4 and global IPv6, without what the proxy itself never connects to. The proxy's
 * own list decides; this is a second layer.
 */
export const PUBLIC_ADDRESSES: readonly Peer[] = ["0.0.0.0/0", ...GLOBAL_IPV6].map((cidr) =>
  block(parseCidr(cidr)!, [...NEVER, ...SPECIAL, ...TRANSLATED]),
);

function block(whole: Cidr, excluded: readonly Cidr[]): Peer {
  const within = excluded.filter((one) => one.prefix > whole.prefix && contains(whole, one));
  const widest = within.filter(
    (one) => !within.some((other) => other.prefix < one.prefix && contains(other, one)),
  );
  const except = widest.map(formatCidr);
  return { ipBlock: { cidr: formatCidr(whole), ...(except.length > 0 && { except }) } };
}
