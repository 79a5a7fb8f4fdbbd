import { EVERY_POD, type Peer, type Port, address, ports, range } from "../network-policy/peers";
import type { LockdownSettings } from "./settings";

/** A destination of packets from the pods of a locked namespace. */
export interface OutboundRule {
  to: Peer[];
  /** Absent: every port and protocol. */
  ports?: Port[];
}

/**
 * "Cluster-internal" means every pod, by labels. It includes Services (policies see the pod behind one), and so the
 * proxy, the cluster's DNS and Linkerd's control plane, whatever the cluster's ranges are. It excludes everything with
 * a node's address: the API server, nodes, pods with `hostNetwork`. The user has to list these as destinations: most
 * applications need none of them, and a process on a node may be a way out.
 */
export function outboundTraffic({ dnsAddresses, destinations }: LockdownSettings): OutboundRule[] {
  return [
    { to: [EVERY_POD] },
    ...(dnsAddresses.length > 0
      ? [{ to: dnsAddresses.map(address), ports: [...ports("UDP", [53]), ...ports("TCP", [53])] }]
      : []),
    ...destinations.map(({ cidr, ports: numbers }) => ({ to: [range(cidr)], ports: ports("TCP", numbers) })),
  ];
}
