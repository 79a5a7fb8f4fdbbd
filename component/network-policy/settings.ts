import type { Monitoring, NetworkPolicies } from "../args/network-policies";

/** Address that NodeLocal DNSCache listens at unless it is told otherwise. */
export const NODE_LOCAL_DNS = "169.254.20.10";

/** The arguments about NetworkPolicies with every default filled in. */
export interface NetworkPolicySettings {
  clusterDns: { namespace: string; podLabels: { [key: string]: string } };
  dnsAddresses: string[];
  nodeCidrs: string[];
  /** Undefined: any address. */
  apiServerCidrs: string[] | undefined;
  apiServerPorts: number[];
  monitoringNamespaces: string[];
}

/** Undefined where there are to be no NetworkPolicies. */
export function networkPolicySettings(
  args: NetworkPolicies | undefined,
  monitoring: Monitoring | undefined,
): NetworkPolicySettings | undefined {
  if (args?.enabled === false) return undefined;
  return {
    clusterDns: {
      namespace: args?.clusterDns?.namespace ?? "kube-system",
      podLabels: args?.clusterDns?.podLabels ?? { "k8s-app": "kube-dns" },
    },
    dnsAddresses: args?.dnsAddresses ?? [NODE_LOCAL_DNS],
    nodeCidrs: args?.nodeCidrs ?? [],
    apiServerCidrs: args?.apiServerCidrs,
    apiServerPorts: args?.apiServerPorts ?? [443, 6443],
    monitoringNamespaces: monitoring?.namespaces ?? [],
  };
}
