import { isIPv6 } from "node:net";

import { NETWORKS } from "./addresses";
import type { Network } from "./addresses";

/** Which addresses a cluster's pods, Services and node have; with `dual` Services have IPv4 unless they ask for more. */
export type Families = "ipv4" | "dual" | "ipv6";
/** A family of addresses, as `node:net` names it. */
export type Family = 4 | 6;

const FAMILIES: Readonly<Record<Families, readonly [Family, ...Family[]]>> = {
  ipv4: [4],
  dual: [4, 6],
  ipv6: [6],
};

/** The families of a cluster, its own first one first. */
export function familiesOf(families: Families): readonly [Family, ...Family[]] {
  return FAMILIES[families];
}

/** The addresses of a cluster, those of its own first family first. */
export function networksOf(families: Families): readonly [Network, ...Network[]] {
  const [first, ...others] = familiesOf(families);
  return [NETWORKS[first], ...others.map((family) => NETWORKS[family])];
}

/** One field of each of the cluster's networks, as Kubernetes' options want both families. */
export function listed(families: Families, field: keyof Network): string {
  return networksOf(families)
    .map((network) => network[field])
    .join(",");
}

/** `address` as URLs and `host:port` have it (RFC 3986 §3.2.2). */
export function inUrl(address: string): string {
  return isIPv6(address) ? `[${address}]` : address;
}

/** The range that has only this address. */
export function only(address: string): string {
  return `${address}/${isIPv6(address) ? 128 : 32}`;
}
