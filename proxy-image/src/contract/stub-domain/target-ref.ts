import type { ObjectName } from "./objects";

/**
 * The objects of a cluster's DNS that can hold a stub domain, with the names of the component's `dns.target`. Free of
 * imports at run time, because the component uses it too.
 */
export const TARGET_KINDS = ["coredns", "corednsCustom", "kubeDns", "nodeLocalDns", "openshift"] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** An object that stub domains are written into. */
export interface TargetRef extends ObjectName {
  /** Absent: `coredns`, the only kind in the first records. */
  kind?: TargetKind;
  /** The key of the ConfigMap that is ours; for `corednsCustom`. */
  key?: string;
}

/** Marks a ConfigMap that we created, because there was none: it is deleted when it is empty. */
export const MADE_ANNOTATION = "k8s-egress/made";

/** The objects in the distributions. A cluster-scoped one has the namespace of the DNS that it configures. */
export const TARGET_OBJECTS: Readonly<Record<TargetKind, ObjectName>> = {
  coredns: { namespace: "kube-system", name: "coredns" },
  corednsCustom: { namespace: "kube-system", name: "coredns-custom" },
  kubeDns: { namespace: "kube-system", name: "kube-dns" },
  nodeLocalDns: { namespace: "kube-system", name: "node-local-dns" },
  openshift: { namespace: "openshift-dns", name: "default" },
};

/** Whether this kind configures the cluster's own CoreDNS, not another DNS server or a cache. */
export function isCoredns(kind: TargetKind = "coredns"): boolean {
  return kind === "coredns" || kind === "corednsCustom";
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
    one.key === other.key
  );
}
