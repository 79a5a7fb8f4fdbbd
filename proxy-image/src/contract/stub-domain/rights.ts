import type { Right } from "./objects";
import type { Spec } from "./spec";
import { TARGET_OBJECTS, type TargetRef } from "./target-ref";

/**
 * ConfigMaps that tell one kind of cluster from another: read at start, to name the setting that fits. Of each only
 * the name is known; most clusters have one of them.
 */
export const LANDMARKS = {
  coredns: TARGET_OBJECTS.coredns.name,
  kubeDns: TARGET_OBJECTS.kubeDns.name,
  nodeLocalDns: TARGET_OBJECTS.nodeLocalDns.name,
  rke2: "rke2-coredns-rke2-coredns",
} as const;

/**
 * Everything that the controller does in its life: the component grants exactly this, and preflight checks it, so that
 * nothing fails half-way. Free of imports at run time but the names, because the component uses it too.
 */
export function neededRights({
  target,
  anchor,
  dnsService,
}: Pick<Spec, "target" | "anchor" | "dnsService">): Right[] {
  return [
    ...targetRights(target),
    ...["get", "patch"].map((verb) => configMap(verb, anchor.namespace, anchor.name)),
    { verb: "get", group: "", resource: "services", ...dnsService },
    { verb: "create", group: "", resource: "events", namespace: anchor.namespace },
  ];
}

function targetRights({ kind = "coredns", namespace, name }: TargetRef): Right[] {
  const edits = ["get", "patch"].map((verb) => configMap(verb, namespace, name));
  const looks = Object.values(LANDMARKS)
    .filter((landmark) => landmark !== name)
    .map((landmark) => configMap("get", namespace, landmark));
  /** Whose answers prove that the stub domain serves. */
  const servers = { verb: "list", group: "discovery.k8s.io", resource: "endpointslices", namespace };
  switch (kind) {
    case "coredns":
      return [...edits, ...looks, servers];
    case "nodeLocalDns":
      return edits;
    case "corednsCustom":
    case "kubeDns":
      // RBAC can't narrow `create` by name, which is not part of the request's path: the admission policy does.
      return [
        ...edits,
        ...looks,
        configMap("delete", namespace, name),
        { verb: "create", group: "", resource: "configmaps", namespace },
        servers,
      ];
    case "openshift":
      return [
        ...["get", "patch"].map((verb) => ({
          verb,
          group: "operator.openshift.io",
          resource: "dnses",
          namespace: "",
          name,
        })),
        servers,
      ];
  }
}

function configMap(verb: string, namespace: string, name: string): Right {
  return { verb, group: "", resource: "configmaps", namespace, name };
}
