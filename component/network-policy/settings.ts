import type { Monitoring } from "../args/monitoring";
import type { NetworkPolicies } from "../args/network-policies";

/** Default addresses of caches on the nodes: NodeLocal DNSCache, AKS's LocalDNS. */
export const NODE_DNS_ADDRESSES: readonly string[] = ["169.254.20.10", "169.254.10.11"];

/** Ports of the cluster's DNS behind its Service: in most distributions, in OpenShift, in Gardener. */
const CLUSTER_DNS_PORTS: readonly number[] = [53, 5353, 8053];

/** The arguments about NetworkPolicies with all defaults. */
export interface NetworkPolicySettings {
  clusterDns: { namespace: string; podLabels: { [key: string]: string }; ports: number[] };
  dnsAddresses: string[];
  nodeCidrs: string[];
  /** Undefined: any address. */
  apiServerCidrs: string[] | undefined;
  apiServerPorts: number[];
  monitoringNamespaces: string[];
}

/** Undefined if there are to be no NetworkPolicies. */
export function networkPolicySettings(
  args: NetworkPolicies | undefined,
  monitoring: Monitoring | undefined,
): NetworkPolicySettings | undefined {
  if (args?.enabled === false) return undefined;
  return {
    clusterDns: {
      namespace: args?.clusterDns?.namespace ?? "kube-system",
      podLabels: args?.clusterDns?.podLabels ?? { "k8s-app": "kube-dns" },
      ports: args?.clusterDns?.ports ?? [...CLUSTER_DNS_PORTS],
    },
    dnsAddresses: args?.dnsAddresses ?? [...NODE_DNS_ADDRESSES],
    nodeCidrs: args?.nodeCidrs ?? [],
    apiServerCidrs: args?.apiServerCidrs,
    apiServerPorts: args?.apiServerPorts ?? [443, 6443],
    monitoringNamespaces: monitoring?.namespaces ?? [],
  };
}
