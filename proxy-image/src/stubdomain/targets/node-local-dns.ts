import { corefileTarget } from "./coredns";
import type { Target } from "./target";

/**
 * NodeLocal DNSCache, which answers pods on their own node and sends only the cluster's names to the cluster's DNS.
 *
 * As in its other blocks, the stub domain has its addresses, and forwards by TCP, which leaves no entries for UDP in
 * the node's connection table. Source: cluster/addons/dns/nodelocaldns in Kubernetes.
 *
 * @param key of the ConfigMap that holds the Corefile
 */
export function nodeLocalDns(key?: string): Target {
  return corefileTarget(key, { forceTcp: true });
}
