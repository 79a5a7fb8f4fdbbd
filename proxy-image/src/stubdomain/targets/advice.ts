import { parseCorefile } from "../corefile/server-blocks";
import type { Spec } from "../../contract/stub-domain/spec";
import type { Survey } from "../controller/survey";
import { COREFILE_FIELD } from "./coredns";
import { importOf } from "./coredns-custom";
import { TargetError } from "./error";
import { isAsked, nodeCache } from "./node-cache";
import { textOf } from "./object";
import { type TargetKind, isCoredns } from "../../contract/stub-domain/target-ref";

/**
 * The setting that fits this cluster, if the chosen one does not; undefined if it does. Pure.
 *
 * Sources, a line each, in docs/platforms.
 */
export function advice(spec: Spec, seen: Survey): string | undefined {
  const kind = spec.target.kind ?? "coredns";
  if (kind === "nodeLocalDns") {
    return uselessCache(spec, seen);
  }
  return wrongDns(kind, seen) ?? (isCoredns(kind) ? uncoveredCache(spec, seen) : undefined);
}

/** A cache that needs no stub domain. */
function uselessCache(
  { target, clusterDomain }: Spec,
  { nodeLocalDns, resolvers }: Survey,
): string | undefined {
  const remedy = "leave dns.nodeLocalDns out";
  if (!nodeLocalDns) {
    return `this cluster has no ConfigMap ${target.name}, so no NodeLocal DNSCache of that name: ${remedy}`;
  }
  const cache = nodeCache(textOf(nodeLocalDns, COREFILE_FIELD) ?? "", clusterDomain);
  if (!cache) return undefined;
  if (!isAsked(cache, resolvers)) {
    return (
      `NodeLocal DNSCache answers at ${cache.listens.join(" and ")}, but this pod queries ${resolvers.join(" and ")}, so ` +
      `pods of its node don't use the cache: let the kubelets' clusterDNS name it first, or ${remedy}`
    );
  }
  return cache.forwardsAll
    ? `NodeLocal DNSCache forwards all names to the cluster's DNS, which serves the domain: ${remedy}`
    : undefined;
}

function wrongDns(kind: TargetKind, seen: Survey): string | undefined {
  const isOpenShift = seen.groups.includes("operator.openshift.io");
  if (isOpenShift !== (kind === "openshift")) {
    return isOpenShift
      ? use("openshift", "OpenShift's DNS operator writes the Corefile itself")
      : "this cluster is no OpenShift: it does not serve operator.openshift.io; leave dns.target out";
  }
  if (isOpenShift) return undefined;
  if (seen.rke2) {
    return manual("RKE2's Helm controller puts ConfigMap rke2-coredns-rke2-coredns back", "rke2");
  }
  if (!seen.coredns) {
    if (!seen.hasPods) return none(seen.version);
    return kind === "kubeDns" ? undefined : withoutCoredns(seen);
  }
  if (kind === "kubeDns") {
    return seen.kubeDns
      ? undefined
      : "this cluster's DNS is CoreDNS (ConfigMap coredns), which reads no stubDomains: leave dns.target out";
  }
  return wrongCoredns(kind, seen);
}

function wrongCoredns(kind: TargetKind, { coredns, version }: Survey): string | undefined {
  const isImporting = importsServers(textOf(coredns, COREFILE_FIELD) ?? "");
  if (kind === "corednsCustom") {
    return isImporting
      ? undefined
      : "this cluster's Corefile imports no custom/*.server: leave dns.target out";
  }
  if (isImporting) {
    return use(
      "corednsCustom",
      "the Corefile imports coredns-custom, and distributions that do so (AKS, k3s, DOKS, OKE, LKE) put edits of coredns itself back",
    );
  }
  const managers = coredns?.metadata.managedFields ?? [];
  // Source: "Determine fields you can customize for Amazon EKS add-ons", Amazon EKS user guide.
  const isAddon = managers.some(({ manager, operation }) => manager === "eks" && operation === "Apply");
  return isAddon && version.includes("-eks-")
    ? manual("the Corefile belongs to the EKS add-on, whose updates overwrite it", "eks")
    : undefined;
}

function withoutCoredns({ kubeDns, version }: Survey): string {
  if (kubeDns || version.includes("-gke.")) return use("kubeDns", "this cluster's DNS is kube-dns");
  return (
    "there is no ConfigMap kube-system/coredns, and no other configuration that this package knows: " +
    'set dns.mode: "manual" and add the output stubDomain to whatever configures the DNS of this cluster'
  );
}

/** Pods query this cache first, and for names outside the cluster it does not query the cluster's DNS. */
export function uncoveredCache(
  { behindCache, clusterDomain }: Spec,
  { nodeLocalDns, resolvers }: Pick<Survey, "nodeLocalDns" | "resolvers">,
): string | undefined {
  if (!nodeLocalDns || behindCache) return undefined;
  const cache = nodeCache(textOf(nodeLocalDns, COREFILE_FIELD) ?? "", clusterDomain);
  if (cache && (cache.forwardsAll || !isAsked(cache, resolvers))) return undefined;
  return (
    "this cluster has NodeLocal DNSCache (ConfigMap node-local-dns), which does not send other domains to CoreDNS: " +
    "set dns.nodeLocalDns: true; if it is only left over, delete that ConfigMap"
  );
}

/** Whether a Corefile imports server blocks from ConfigMap coredns-custom. */
function importsServers(corefile: string): boolean {
  try {
    return importOf(parseCorefile(corefile).topLevelImports, "any.server") !== undefined;
  } catch (error) {
    // Editing the Corefile reports its errors.
    if (error instanceof TargetError) return false;
    throw error;
  }
}

function use(kind: TargetKind, why: string): string {
  return `${why}: set dns.target: "${kind}"`;
}

function manual(why: string, platform: string): string {
  return `${why}: set dns.mode: "manual"; npx k8s-egress dns print --for ${platform} writes what to configure instead`;
}

function none(version: string): string {
  const what = version.includes("-gke.")
    ? "GKE with Cloud DNS or Autopilot: its DNS does not run in the cluster"
    : version.includes("-eks-")
      ? "EKS Auto Mode: its DNS runs on the nodes, not in the cluster"
      : "this cluster's DNS has no ready pods, and no ConfigMap coredns";
  return `${what}, and can't be configured from in here: set dns.mode: "none", with which urls holds names that resolve`;
}
