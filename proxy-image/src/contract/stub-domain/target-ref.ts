import type { ObjectName } from "./objects";

/**
 * What of a cluster's DNS is told about a stub domain, in the words of the component's `dns.target`. Free of imports
 * at run time: the component uses it too.
 */
export const TARGET_KINDS = ["coredns", "corednsCustom", "kubeDns", "nodeLocalDns", "openshift"] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** One object in which stub domains are written down. */
export interface TargetRef extends ObjectName {
  /** Absent: `coredns`, the only one that the first records knew. */
  kind?: TargetKind;
  /** Which key of the ConfigMap is ours; for `corednsCustom`. */
  key?: string;
}

/** On a ConfigMap that we made, because there was none: it goes when nothing is left in it. */
export const MADE_ANNOTATION = "k8s-egress/made";

/** Where distributions have these objects. A cluster-scoped one stands with the namespace of the DNS it configures. */
export const TARGET_OBJECTS: Readonly<Record<TargetKind, ObjectName>> = {
  coredns: { namespace: "kube-system", name: "coredns" },
  corednsCustom: { namespace: "kube-system", name: "coredns-custom" },
  kubeDns: { namespace: "kube-system", name: "kube-dns" },
  nodeLocalDns: { namespace: "kube-system", name: "node-local-dns" },
  openshift: { namespace: "openshift-dns", name: "default" },
};

/** For messages: `ConfigMap kube-system/coredns-custom, key egress.server` */
export function targetText({ kind, namespace, name, key }: TargetRef): string {
  if (kind === "openshift") return `dns.operator/${name}`;
  return `ConfigMap ${namespace}/${name}${key === undefined ? "" : `, key ${key}`}`;
}

/** Whether two are the same place. */
export function sameTarget(one: TargetRef, other: TargetRef): boolean {
  return (
    (one.kind ?? "coredns") === (other.kind ?? "coredns") &&
    one.namespace === other.namespace &&
    one.name === other.name &&
    one.key === other.key
  );
}
