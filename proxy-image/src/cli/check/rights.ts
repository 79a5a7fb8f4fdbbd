import type { Right } from "../../contract/stub-domain/objects";
import { type Finding, ok, problem } from "./finding";

const VERBS = ["create", "patch", "delete"];

/** Kinds that `pulumi up` creates in the EgressProxy's namespace, as RBAC names them. */
const IN_NAMESPACE = [
  ["", "configmaps"],
  ["", "services"],
  ["", "serviceaccounts"],
  ["apps", "deployments"],
  ["policy", "poddisruptionbudgets"],
  ["networking.k8s.io", "networkpolicies"],
  ["rbac.authorization.k8s.io", "roles"],
  ["rbac.authorization.k8s.io", "rolebindings"],
] as const;

/** Kinds in the namespace of the stub domain's controller. */
const OF_CONTROLLER = [
  ["", "configmaps"],
  ["", "serviceaccounts"],
  ["apps", "deployments"],
  ["networking.k8s.io", "networkpolicies"],
  ["rbac.authorization.k8s.io", "roles"],
  ["rbac.authorization.k8s.io", "rolebindings"],
] as const;

const LINKERD = ["servers", "egressnetworks"] as const;

/** Kinds without a namespace. */
const IN_CLUSTER = [
  ["", "namespaces"],
  ["admissionregistration.k8s.io", "validatingadmissionpolicies"],
  ["admissionregistration.k8s.io", "validatingadmissionpolicybindings"],
] as const;

/**
 * Rights that `pulumi up` and `pulumi destroy` need with the default arguments.
 *
 * @param controllers namespace of the stub domain's controller
 */
export function rightsOfUp(namespace: string, controllers: string, meshed: boolean): Right[] {
  const kinds: [string, string, string][] = [
    ...IN_NAMESPACE.map(([group, resource]): [string, string, string] => [group, resource, namespace]),
    ...OF_CONTROLLER.map(([group, resource]): [string, string, string] => [group, resource, controllers]),
    ...(meshed
      ? LINKERD.map((resource): [string, string, string] => ["policy.linkerd.io", resource, namespace])
      : []),
    ["rbac.authorization.k8s.io", "roles", "kube-system"],
    ["rbac.authorization.k8s.io", "rolebindings", "kube-system"],
    ...IN_CLUSTER.map(([group, resource]): [string, string, string] => [group, resource, ""]),
  ];
  return kinds.flatMap(([group, resource, where]) =>
    VERBS.map((verb) => ({ verb, group, resource, namespace: where })),
  );
}

/** @param missing rights that the kubeconfig's user does not have */
export function checkRights(missing: readonly Right[]): Finding {
  if (missing.length === 0) return ok("rights", "everything that `pulumi up` needs");
  const verbs = new Map<string, string[]>();
  for (const { verb, group, resource, namespace } of missing) {
    const where = namespace === "" ? "in the cluster" : `in ${namespace}`;
    const what = `${resource}${group === "" ? "" : `.${group}`} ${where}`;
    verbs.set(what, [...(verbs.get(what) ?? []), verb]);
  }
  const list = [...verbs].map(([what, names]) => `${names.join(", ")} ${what}`).join("; ");
  return problem(
    "rights",
    `missing: ${list}`,
    "ask for a Role with them, or let somebody run `pulumi up` who has them",
    "docs/cluster-dns.md",
  );
}
