import type { Right } from "../../contract/stub-domain/objects";
import { type Finding, ok, problem } from "./finding";

/** The provider reads each object before it writes, and after it. */
const VERBS = ["get", "create", "patch", "delete"];

/** Kinds that the provider watches until a Deployment is ready; without the right it waits until its time limit. */
const WATCHED = [
  ["apps", "deployments"],
  ["apps", "replicasets"],
  ["", "pods"],
  ["", "persistentvolumeclaims"],
] as const;

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
    // The removal gate.
    ["", "configmaps", "kube-system"],
    ["rbac.authorization.k8s.io", "roles", "kube-system"],
    ["rbac.authorization.k8s.io", "rolebindings", "kube-system"],
    ...IN_CLUSTER.map(([group, resource]): [string, string, string] => [group, resource, ""]),
  ];
  const watched = [...new Set([namespace, controllers])].flatMap((where) =>
    WATCHED.flatMap(([group, resource]) =>
      ["list", "watch"].map((verb) => ({ verb, group, resource, namespace: where })),
    ),
  );
  return [
    ...kinds.flatMap(([group, resource, where]) =>
      VERBS.map((verb) => ({ verb, group, resource, namespace: where })),
    ),
    ...watched,
  ];
}

/** The rights to grant anything in the namespaces of these rights; they are not needed by who holds the rights. */
export function rightsToGrant(granted: readonly Right[]): Right[] {
  const namespaces = [...new Set(granted.map(({ namespace }) => namespace))];
  return namespaces.flatMap((namespace) =>
    ["escalate", "bind"].map((verb) => ({
      verb,
      group: "rbac.authorization.k8s.io",
      resource: namespace === "" ? "clusterroles" : "roles",
      namespace,
    })),
  );
}

/**
 * Whether `pulumi up` may create the Roles of the stub domain's controller: RBAC lets nobody grant what they don't hold,
 * except with `escalate` (the Role) and `bind` (its binding). Pure.
 *
 * @param granted rights in the Roles
 * @param isHeld whether the kubeconfig's user has a right
 */
export function checkGrants(granted: readonly Right[], isHeld: (right: Right) => boolean): Finding[] {
  const missing = granted.filter(
    (right) => !isHeld(right) && !rightsToGrant([right]).every((one) => isHeld(one)),
  );
  if (missing.length === 0) return [];
  return [
    problem(
      "rights to grant",
      `RBAC refuses the stub domain's Roles, because you don't hold: ${listOf(missing)}`,
      `ask for these, or for ${listOf(rightsToGrant(missing))}; or set dns: { mode: "manual" }, which needs no Role`,
      "docs/cluster-dns.md",
    ),
  ];
}

/** @param missing rights that the kubeconfig's user does not have */
export function checkRights(missing: readonly Right[]): Finding {
  if (missing.length === 0) return ok("rights", "everything that `pulumi up` needs");
  return problem(
    "rights",
    `missing: ${listOf(missing)}`,
    "ask for a Role with them, or let somebody run `pulumi up` who has them",
    "docs/cluster-dns.md",
  );
}

/** `get, patch configmaps coredns in kube-system; …` */
function listOf(rights: readonly Right[]): string {
  const verbs = new Map<string, string[]>();
  for (const { verb, group, resource, namespace, name } of rights) {
    const where = namespace === "" ? "in the cluster" : `in ${namespace}`;
    const what = `${resource}${group === "" ? "" : `.${group}`}${name === undefined ? "" : ` ${name}`} ${where}`;
    verbs.set(what, [...(verbs.get(what) ?? []), verb]);
  }
  return [...verbs].map(([what, names]) => `${names.join(", ")} ${what}`).join("; ");
}
