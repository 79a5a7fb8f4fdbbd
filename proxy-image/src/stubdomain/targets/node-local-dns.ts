import { corefileTarget } from "./coredns";
import type { Target } from "./target";

/**
 * NodeLocal DNSCache, which answers pods on their own node and sends only the cluster's names to the cluster's DNS.
 *
 * As in its other blocks: its addresses, and TCP to where it forwards, which leaves no entries for UDP in the node's
 * connection table. Source: cluster/addons/dns/nodelocaldns in Kubernetes.
 */
export const nodeLocalDns: Target = corefileTarget({ forceTcp: true });
