import type { Cluster } from "../cluster/cluster";
import { expectedMname, type Spec } from "../spec";
import { ask } from "./ask";
import { primaryOf, prove, stillServedBy, type Proof } from "./proof";
import { CLUSTER_DNS_LABELS, readyServers, resolvConfServers, searchDomains } from "./servers";

/** The cluster's DNS, as one may ask it. All methods throw ApiError when the API server does not say whom to ask. */
export interface ClusterDns {
  /**
   * Whether it serves the domain now.
   *
   * @param address of our DNS server's Service
   */
  prove: (address: string) => Promise<Proof>;
  /** A server that still answers for the domain from our zone. */
  stillServedBy: () => Promise<string | undefined>;
  /** Who answers for the domain now, by the resolver of pods; throws when nobody answers at all. */
  primary: () => Promise<string | undefined>;
}

/** @param resolvConf text of the file, which the kubelet may write anew */
export function clusterDns(spec: Spec, cluster: Cluster, resolvConf: () => Promise<string>): ClusterDns {
  const { domain, clusterDomain } = spec;
  const { kind = "coredns" } = spec.target;
  const mname = expectedMname(spec);
  const endpoints = async () =>
    readyServers(await cluster.endpointSlices(spec.target.namespace, CLUSTER_DNS_LABELS[kind]));
  return {
    prove: async (address) => {
      const [servers, text] = await Promise.all([endpoints(), resolvConf()]);
      const known = { endpoints: servers, resolvers: resolvConfServers(text), search: searchDomains(text) };
      return prove(ask, known, { domain, mname, address, clusterDomain });
    },
    stillServedBy: async () => {
      const servers = [...(await endpoints()), ...resolvConfServers(await resolvConf())];
      return stillServedBy(ask, servers, { domain, mname });
    },
    primary: async () => primaryOf(ask, resolvConfServers(await resolvConf()), domain),
  };
}
