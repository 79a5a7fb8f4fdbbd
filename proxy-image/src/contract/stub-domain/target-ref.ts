import type { ObjectName } from "./objects";

/**
 * The objects of a cluster's DNS that can hold a stub domain. Four of the names are values of the component's
 * `dns.target`; those that begin with `nodeLocal` are forms of its `dns.nodeLocalConfigMap`. Free of imports at run
 * time, because the component uses it too.
 */
export const TARGET_KINDS = [
  "coredns",
  "corednsCustom",
  "kubeDns",
  "nodeLocalDns",
  "nodeLocalDnsCustom",
  "nodeLocalStubDomains",
  "openshift",
] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** An object that stub domains are written into. */
export interface TargetRef extends ObjectName {
  /** Absent: `coredns`, the only kind in the first records. */
  kind?: TargetKind;
  /** The key of the ConfigMap that holds the text; absent: the kind's usual one. A kind that is imported needs one. */
  key?: string;
  /** Name of the ConfigMap with the Corefile that imports the key; absent: one of {@link corefileNames}. */
  corefile?: string;
}

/** Marks a ConfigMap that we created, because there was none: it is deleted when it is empty. */
export const MADE_ANNOTATION = "k8s-egress/made";

/** The objects in the distributions. A cluster-scoped one has the namespace of the DNS that it configures. */
export const TARGET_OBJECTS: Readonly<Record<TargetKind, ObjectName>> = {
  coredns: { namespace: "kube-system", name: "coredns" },
  corednsCustom: { namespace: "kube-system", name: "coredns-custom" },
  kubeDns: { namespace: "kube-system", name: "kube-dns" },
  nodeLocalDns: { namespace: "kube-system", name: "node-local-dns" },
  nodeLocalDnsCustom: { namespace: "kube-system", name: "node-local-dns-overrides" },
  nodeLocalStubDomains: { namespace: "kube-system", name: "kube-dns" },
  openshift: { namespace: "openshift-dns", name: "default" },
};

/** What the kinds have in common: how the text is made, and whether what it is in may be absent. */
export interface TargetShape {
  /** Server blocks, JSON of stub domains, or a list of the operator's own. */
  holds: "blocks" | "stubDomains" | "servers";
  /** The usual key; absent: the key is ours, and named by the reference. */
  key?: string;
  /** Read by a cache on each node, which pods query in place of the cluster's DNS. */
  isNodeLocal?: true;
  /** Another ConfigMap's Corefile imports the key. */
  isImported?: true;
  /** What is created when it is absent, and removed again with the last entry. An object with its field. */
  mayBeMissing: "nothing" | "field" | "object";
}

export const TARGET_SHAPES: Readonly<Record<TargetKind, TargetShape>> = {
  coredns: { holds: "blocks", key: "Corefile", mayBeMissing: "nothing" },
  corednsCustom: { holds: "blocks", isImported: true, mayBeMissing: "object" },
  kubeDns: { holds: "stubDomains", key: "stubDomains", mayBeMissing: "object" },
  nodeLocalDns: { holds: "blocks", key: "Corefile", isNodeLocal: true, mayBeMissing: "nothing" },
  // The platform makes this ConfigMap, and mounts it: one of our own would only look right.
  nodeLocalDnsCustom: { holds: "blocks", isImported: true, isNodeLocal: true, mayBeMissing: "field" },
  nodeLocalStubDomains: {
    holds: "stubDomains",
    key: "stubDomains",
    isNodeLocal: true,
    mayBeMissing: "object",
  },
  openshift: { holds: "servers", mayBeMissing: "field" },
};

/** Whether this kind configures the cluster's own CoreDNS, not another DNS server or a cache. */
export function isCoredns(kind: TargetKind = "coredns"): boolean {
  return kind === "coredns" || kind === "corednsCustom";
}

/** Whether this kind configures NodeLocal DNSCache. */
export function isNodeLocal(kind: TargetKind = "coredns"): boolean {
  return TARGET_SHAPES[kind].isNodeLocal === true;
}

/** The key of the ConfigMap that holds the text; undefined for OpenShift's object, which is none. */
export function keyOf({ kind = "coredns", key }: TargetRef): string | undefined {
  return key ?? TARGET_SHAPES[kind].key;
}

/**
 * Names of the ConfigMaps whose Corefile the target is loaded beside, in the order in which they are tried. LKE calls it
 * `coredns-base` (since v1.66.0 of March 2024), LKE Enterprise `workload-coredns`.
 */
export function corefileNames({ kind = "coredns", corefile }: TargetRef): string[] {
  switch (kind) {
    case "corednsCustom":
      return corefile === undefined ? ["coredns", "coredns-base", "workload-coredns"] : [corefile];
    case "nodeLocalDnsCustom":
    case "nodeLocalStubDomains":
      return [corefile ?? TARGET_OBJECTS.nodeLocalDns.name];
    default:
      return [];
  }
}

/** For messages: `ConfigMap kube-system/coredns-custom, key egress.server` */
export function targetText({ kind, namespace, name, key }: TargetRef): string {
  if (kind === "openshift") return `dns.operator/${name}`;
  return `ConfigMap ${namespace}/${name}${key === undefined ? "" : `, key ${key}`}`;
}

/** Whether two references name the same place. */
export function sameTarget(one: TargetRef, other: TargetRef): boolean {
  return (
    (one.kind ?? "coredns") === (other.kind ?? "coredns") &&
    one.namespace === other.namespace &&
    one.name === other.name &&
    keyOf(one) === keyOf(other)
  );
}
