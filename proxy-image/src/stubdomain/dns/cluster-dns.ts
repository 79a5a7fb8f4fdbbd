import type { Cluster, EndpointSlice } from "../cluster/cluster";
import { isCoredns, isNodeLocal } from "../../contract/stub-domain/target-ref";
import { expectedMname, type Spec } from "../../contract/stub-domain/spec";
import { ask } from "./ask";
import { type CorednsProcess, corednsProcesses } from "./coredns-process";
import { primaryOf, prove, strangerIn, stillServedBy, type Proof } from "./proof";
import { clusterDnsLabel, readyServers, resolvConfServers, searchDomains } from "./servers";

/** Queries to the cluster's DNS. All methods throw ApiError if the API server does not tell which servers to query. */
export interface ClusterDns {
  /**
   * Whether the cluster's DNS serves the domain now.
   *
   * @param address of our DNS server's Service
   */
  prove: (address: string) => Promise<Proof>;
  /** A server that still answers for the domain from our zone. */
  stillServedBy: () => Promise<string | undefined>;
  /** What the processes of CoreDNS say about themselves; those that can't be asked are left out. */
  processes: () => Promise<CorednsProcess[]>;
  /** Addresses of the servers that this pod queries, as pods of its node do. */
  resolvers: () => Promise<string[]>;
  /** The primary name server for the domain now, by the resolver of pods; throws if no server answers at all. */
  primary: () => Promise<string | undefined>;
  /**
   * Who would get the requests for names of the domain before its own DNS server does: an answer for such a name in one
   * of the search domains.
   *
   * @param address of our DNS server's Service
   */
  stranger: (address: string) => Promise<string | undefined>;
}

/**
 * The EndpointSlices of the servers that a target configures; none for a cache.
 *
 * @throws ApiError
 */
export async function clusterDnsSlices(
  cluster: Cluster,
  spec: Pick<Spec, "target" | "clusterDnsService">,
): Promise<EndpointSlice[]> {
  const label = clusterDnsLabel(spec);
  return label === undefined ? [] : cluster.endpointSlices(spec.target.namespace, label);
}

/** @param resolvConf text of the file, which the kubelet may rewrite */
export function clusterDns(spec: Spec, cluster: Cluster, resolvConf: () => Promise<string>): ClusterDns {
  const { domain, clusterDomain } = spec;
  const { kind } = spec.target;
  const mname = expectedMname(spec);
  /** A node's cache can be queried from its own node only, as resolv.conf says. */
  const whom = async (text: string) => {
    const resolvers = resolvConfServers(text);
    if (isNodeLocal(kind)) return { endpoints: resolvers, resolvers };
    const slices = await clusterDnsSlices(cluster, spec);
    return { endpoints: readyServers(slices), resolvers: spec.behindCache ? [] : resolvers };
  };
  return {
    prove: async (address) => {
      const text = await resolvConf();
      const known = { ...(await whom(text)), search: searchDomains(text) };
      return prove(ask, known, { domain, mname, address, clusterDomain });
    },
    stillServedBy: async () => {
      const { endpoints, resolvers } = await whom(await resolvConf());
      return stillServedBy(ask, [...endpoints, ...resolvers], { domain, mname });
    },
    processes: async () =>
      isCoredns(kind) ? corednsProcesses((await whom(await resolvConf())).endpoints) : [],
    resolvers: async () => resolvConfServers(await resolvConf()).map(({ address }) => address),
    primary: async () => primaryOf(ask, resolvConfServers(await resolvConf()), domain),
    stranger: async (address) => {
      const text = await resolvConf();
      const known = { resolvers: resolvConfServers(text), search: searchDomains(text) };
      return strangerIn(ask, known, { domain, mname, address, clusterDomain });
    },
  };
}
