import type { Right } from "./objects";
import type { Spec } from "./spec";
import { TARGET_OBJECTS, type TargetRef } from "./target-ref";

/**
 * ConfigMaps whose existence shows the kind of cluster. They are read at start, to suggest the right setting. Only
 * their names are used; most clusters have one of them.
 */
export const LANDMARKS = {
  coredns: TARGET_OBJECTS.coredns.name,
  kubeDns: TARGET_OBJECTS.kubeDns.name,
  nodeLocalDns: TARGET_OBJECTS.nodeLocalDns.name,
  rke2: "rke2-coredns-rke2-coredns",
} as const;

/**
 * All permissions that the controller ever needs. The component grants exactly these, and preflight checks them, so
 * that nothing fails half-way. At run time it imports only the names, because the component uses it too.
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
  /** The servers whose answers prove that the stub domain serves. */
  const servers = { verb: "list", group: "discovery.k8s.io", resource: "endpointslices", namespace };
  switch (kind) {
    case "coredns":
      return [...edits, ...looks, servers];
    case "nodeLocalDns":
      return edits;
    case "corednsCustom":
    case "kubeDns":
      // RBAC can't restrict `create` by name, which is not in the request's path; the admission policy does.
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
