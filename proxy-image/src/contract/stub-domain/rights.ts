import type { Right } from "./objects";
import { removalGate } from "./removal-gate";
import type { Spec } from "./spec";
import { corefileNames, isNodeLocal, TARGET_OBJECTS, TARGET_SHAPES, type TargetRef } from "./target-ref";

/**
 * ConfigMaps whose existence shows the kind of cluster. They are read at start, to suggest the right setting. Only
 * their names are used; most clusters have one of them.
 */
export const LANDMARKS = {
  coredns: TARGET_OBJECTS.coredns.name,
  /** LKE's, and LKE Enterprise's: their Corefile. */
  lke: ["coredns-base", "workload-coredns"],
  kubeDns: TARGET_OBJECTS.kubeDns.name,
  /** The usual name, and kubespray's. */
  nodeLocalDns: [TARGET_OBJECTS.nodeLocalDns.name, "nodelocaldns"],
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
  const gate = removalGate({ target, anchor });
  return [
    ...targetRights(target),
    ...["get", "patch"].map((verb) => configMap(verb, anchor.namespace, anchor.name)),
    ...["get", "patch"].map((verb) => configMap(verb, gate.namespace, gate.name)),
    { verb: "get", group: "", resource: "services", ...dnsService },
    { verb: "create", group: "", resource: "events", namespace: anchor.namespace },
  ];
}

function targetRights(target: TargetRef): Right[] {
  const { kind = "coredns", namespace, name } = target;
  /** The servers whose answers prove that the stub domain serves; a cache's are in the pod's resolv.conf. */
  const servers = isNodeLocal(kind)
    ? []
    : [{ verb: "list", group: "discovery.k8s.io", resource: "endpointslices", namespace }];
  if (kind === "openshift") return [...operatorRights(name), ...servers];
  const edits = ["get", "patch"].map((verb) => configMap(verb, namespace, name));
  const looks = lookedAt(target).map((other) => configMap("get", namespace, other));
  return [...edits, ...looks, ...makingRights(target), ...servers];
}

/** Names of the ConfigMaps that may hold the Corefile of CoreDNS; the target's only, if it is not the usual one. */
export function corednsNames({ kind = "coredns", name, corefile }: TargetRef): string[] {
  if (kind === "coredns" && name !== LANDMARKS.coredns) return [name];
  if (kind === "corednsCustom" && corefile !== undefined) return [corefile];
  return [LANDMARKS.coredns, ...LANDMARKS.lke];
}

/** Names of the ConfigMaps beside the target that are read. */
function lookedAt(target: TargetRef): string[] {
  const { kubeDns, nodeLocalDns, rke2 } = LANDMARKS;
  const landmarks = isNodeLocal(target.kind) ? [] : [...corednsNames(target), kubeDns, ...nodeLocalDns, rke2];
  return [...new Set([...corefileNames(target), ...landmarks])].filter((name) => name !== target.name);
}

/** RBAC can't restrict `create` by name, which is not in the request's path; the admission policy does. */
function makingRights({ kind = "coredns", namespace, name }: TargetRef): Right[] {
  if (TARGET_SHAPES[kind].mayBeMissing !== "object") return [];
  return [
    configMap("delete", namespace, name),
    { verb: "create", group: "", resource: "configmaps", namespace },
  ];
}

/** OpenShift's object is cluster-scoped. */
function operatorRights(name: string): Right[] {
  return ["get", "patch"].map((verb) => ({
    verb,
    group: "operator.openshift.io",
    resource: "dnses",
    namespace: "",
    name,
  }));
}

function configMap(verb: string, namespace: string, name: string): Right {
  return { verb, group: "", resource: "configmaps", namespace, name };
}
