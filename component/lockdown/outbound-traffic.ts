import { EVERY_POD, type Peer, type Port, address, ports, range } from "../network-policy/peers";
import type { LockdownSettings } from "./settings";

/** Where the pods of a locked namespace may send packets. */
export interface OutboundRule {
  to: Peer[];
  /** Absent: every port and protocol. */
  ports?: Port[];
}

/**
 * "Cluster-internal" means every pod, by labels. So Services are in it (policies see the pod behind one), and the
 * proxy, the cluster's DNS and Linkerd's control plane with them, whatever the cluster's ranges are. Not in it is
 * what has a node's address: the API server, nodes, pods with `hostNetwork`. That is theirs who name it as a
 * destination: most applications need none of it, and one of these nodes may be anyone's way out.
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
