import { clusterDnsSlices } from "../dns/cluster-dns";
import { importer } from "../targets/imported";
import { readyServers, servingProgram } from "../dns/servers";
import { nameText, type Cluster, type ConfigMap, type Platform } from "../cluster/cluster";
import { corednsNames, LANDMARKS } from "../../contract/stub-domain/rights";
import type { Spec } from "../../contract/stub-domain/spec";
import { corefileNames, isNodeLocal, type TargetRef } from "../../contract/stub-domain/target-ref";

/** Facts that show the kind of cluster. */
export interface Survey extends Platform {
  /** The first ConfigMap with a Corefile of CoreDNS. */
  coredns: ConfigMap | undefined;
  kubeDns: ConfigMap | undefined;
  /** The first ConfigMap with a Corefile of NodeLocal DNSCache. */
  nodeLocalDns: ConfigMap | undefined;
  rke2: ConfigMap | undefined;
  /** The servers that this pod queries. */
  resolvers: string[];
  /** Whether the cluster's DNS has ready pods of its own. */
  hasPods: boolean;
  /** What these pods are; undefined if their names do not say. */
  serves: "coredns" | "kubeDns" | undefined;
}

/**
 * Reads the facts about the cluster, as far as the permissions for this target allow.
 *
 * @throws ApiError
 */
export async function survey(
  cluster: Cluster,
  spec: Pick<Spec, "target" | "clusterDnsService">,
  ownResolvers: () => Promise<string[]>,
): Promise<Survey> {
  const { target } = spec;
  const { namespace } = target;
  const mayLook = target.kind !== "openshift" && !isNodeLocal(target.kind);
  const look = async (names: readonly string[]) =>
    importer(target, await Promise.all(names.map((name) => cluster.configMap({ namespace, name }))));
  const landmark = (names: readonly string[]) => (mayLook ? look(names) : undefined);
  const [platform, resolvers, slices, coredns, kubeDns, nodeLocalDns, rke2] = await Promise.all([
    cluster.platform(),
    ownResolvers(),
    clusterDnsSlices(cluster, spec),
    landmark(corednsNames(target)),
    landmark([LANDMARKS.kubeDns]),
    isNodeLocal(target.kind) ? look(cacheNames(target)) : landmark(LANDMARKS.nodeLocalDns),
    landmark([LANDMARKS.rke2]),
  ]);
  return {
    ...platform,
    resolvers,
    coredns,
    kubeDns,
    nodeLocalDns,
    rke2,
    hasPods: readyServers(slices).length > 0,
    serves: servingProgram(slices),
  };
}

/** Names of the ConfigMaps that hold the Corefile of the target's cache. */
function cacheNames(target: TargetRef): string[] {
  return target.kind === "nodeLocalDns" ? [target.name] : corefileNames(target);
}

/** For messages: `ConfigMap kube-system/coredns` */
export function configMapText({ metadata }: ConfigMap): string {
  return `ConfigMap ${nameText(metadata)}`;
}
