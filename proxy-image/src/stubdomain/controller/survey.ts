import { CLUSTER_DNS_LABELS, readyServers } from "../dns/servers";
import type { Cluster, ConfigMap, Platform } from "../cluster/cluster";
import { LANDMARKS } from "../../contract/stub-domain/rights";
import type { TargetRef } from "../../contract/stub-domain/target-ref";

/** Facts that show the kind of cluster. */
export interface Survey extends Platform {
  coredns: ConfigMap | undefined;
  kubeDns: ConfigMap | undefined;
  nodeLocalDns: ConfigMap | undefined;
  rke2: ConfigMap | undefined;
  /** The servers that this pod queries. */
  resolvers: string[];
  /** Whether the cluster's DNS has ready pods of its own. */
  hasPods: boolean;
}

/**
 * Reads the facts about the cluster, as far as the permissions for this target allow.
 *
 * @throws ApiError
 */
export async function survey(
  cluster: Cluster,
  target: TargetRef,
  ownResolvers: () => Promise<string[]>,
): Promise<Survey> {
  const { kind = "coredns", namespace } = target;
  const mayLook = kind !== "openshift" && kind !== "nodeLocalDns";
  const slices = () =>
    kind === "nodeLocalDns" ? [] : cluster.endpointSlices(namespace, CLUSTER_DNS_LABELS[kind]);
  const look = (name: string) =>
    mayLook || name === target.name ? cluster.configMap({ namespace, name }) : Promise.resolve(undefined);
  const [platform, resolvers, servers, coredns, kubeDns, nodeLocalDns, rke2] = await Promise.all([
    cluster.platform(),
    ownResolvers(),
    slices(),
    look(LANDMARKS.coredns),
    look(LANDMARKS.kubeDns),
    look(LANDMARKS.nodeLocalDns),
    look(LANDMARKS.rke2),
  ]);
  return {
    ...platform,
    resolvers,
    coredns,
    kubeDns,
    nodeLocalDns,
    rke2,
    hasPods: readyServers(servers).length > 0,
  };
}
