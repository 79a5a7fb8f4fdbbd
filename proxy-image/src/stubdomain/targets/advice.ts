import type { Spec } from "../../contract/stub-domain/spec";
import { configMapText, type Survey } from "../controller/survey";
import { COREFILE_FIELD } from "./coredns";
import { importsKey } from "./imported";
import { isAsked, nodeCache } from "./node-cache";
import { textOf } from "./object";
import {
  isCoredns,
  isNodeLocal,
  keyOf,
  TARGET_OBJECTS,
  type TargetKind,
} from "../../contract/stub-domain/target-ref";

/**
 * The setting that fits this cluster, if the chosen one does not; undefined if it does. Pure.
 *
 * Sources, a line each, in docs/platforms.
 */
export function advice(spec: Spec, seen: Survey): string | undefined {
  const kind = spec.target.kind ?? "coredns";
  if (isNodeLocal(kind)) return uselessCache(spec, seen);
  return wrongDns(spec, seen) ?? (isCoredns(kind) ? uncoveredCache(spec, seen) : undefined);
}

/** A cache that needs no stub domain. */
function uselessCache(
  { target, clusterDomain }: Spec,
  { nodeLocalDns, resolvers }: Survey,
): string | undefined {
  const remedy = "leave dns.nodeLocalDns out";
  if (!nodeLocalDns) {
    // Gardener's has a name that ends in a hash; its cache reads stub domains nevertheless.
    if (target.kind !== "nodeLocalDns") return undefined;
    return (
      `this cluster has no ConfigMap ${target.name}, so no NodeLocal DNSCache of that name: ${remedy}, or name its ` +
      "ConfigMap with dns.nodeLocalConfigMap"
    );
  }
  const field = target.kind === "nodeLocalDns" ? (["data", keyOf(target)!] as const) : COREFILE_FIELD;
  const cache = nodeCache(textOf(nodeLocalDns, field) ?? "", clusterDomain);
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

function wrongDns(spec: Spec, seen: Survey): string | undefined {
  const kind = spec.target.kind ?? "coredns";
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
  if (!seen.coredns && !seen.hasPods) return none(seen.version);
  if (kind === "kubeDns") return withoutKubeDns(seen);
  if (!seen.coredns) return withoutCoredns(spec, seen);
  if (seen.serves === "kubeDns") {
    return use(
      "kubeDns",
      `this cluster's DNS is kube-dns, by the names of the pods behind its Service, and does not read ${configMapText(seen.coredns)}, ` +
        "which is only left over: delete it",
    );
  }
  return wrongCoredns(spec, seen);
}

/** kube-dns may serve beside a Corefile that is left over, and CoreDNS beside a ConfigMap of kube-dns. */
function withoutKubeDns({ coredns, kubeDns, serves }: Survey): string | undefined {
  if (serves === "kubeDns" || !coredns) return undefined;
  if (serves === undefined && kubeDns) return undefined;
  return (
    `this cluster's DNS is CoreDNS (${configMapText(coredns)}), which reads no stubDomains: leave dns.target out` +
    (kubeDns ? `; ${configMapText(kubeDns)} is only left over, and can be deleted` : "")
  );
}

function wrongCoredns({ target }: Spec, { coredns, version }: Survey): string | undefined {
  const corefile = textOf(coredns, COREFILE_FIELD) ?? "";
  // An explicit Corefile or key is what its errors are about.
  if (target.kind === "corednsCustom") {
    const isChosen = target.corefile !== undefined || target.name !== TARGET_OBJECTS.corednsCustom.name;
    return isChosen || importsKey(target, corefile)
      ? undefined
      : `this cluster's Corefile (${configMapText(coredns!)}) imports no custom/*${ending(target.key)}: leave dns.target ` +
          "out, or name the key that it imports with dns.configMap.key";
  }
  if (importsKey({ kind: "corednsCustom", ...TARGET_OBJECTS.corednsCustom }, corefile)) {
    return use(
      "corednsCustom",
      "the Corefile imports coredns-custom, and distributions that do so (AKS, k3s, DOKS, OKE, LKE, OVH, Gardener) put " +
        "edits of the Corefile itself back",
    );
  }
  const managers = coredns?.metadata.managedFields ?? [];
  // Source: "Determine fields you can customize for Amazon EKS add-ons", Amazon EKS user guide.
  const isAddon = managers.some(({ manager, operation }) => manager === "eks" && operation === "Apply");
  return isAddon && version.includes("-eks-")
    ? manual("the Corefile belongs to the EKS add-on, whose updates overwrite it", "eks")
    : undefined;
}

/** `.server` of `egress.server` */
function ending(key = ""): string {
  const dot = key.lastIndexOf(".");
  return dot < 0 ? "" : key.slice(dot);
}

function withoutCoredns({ target }: Spec, { kubeDns, version }: Survey): string {
  if (kubeDns || version.includes("-gke.")) return use("kubeDns", "this cluster's DNS is kube-dns");
  return (
    `there is no ConfigMap ${target.namespace}/coredns, and no other configuration that this package knows: name the ` +
    'ConfigMap that has the Corefile with dns.configMap, or set dns.mode: "manual" and add the output stubDomain to ' +
    "whatever configures the DNS of this cluster"
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
  const { name } = nodeLocalDns.metadata;
  const isUsual = name === TARGET_OBJECTS.nodeLocalDns.name;
  return (
    `this cluster has NodeLocal DNSCache (ConfigMap ${name}), which does not send other domains to CoreDNS: ` +
    `set dns.nodeLocalDns: true${isUsual ? "" : ` and dns.nodeLocalConfigMap: { name: "${name}" }`}; if it is only left ` +
    "over, delete that ConfigMap"
  );
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
