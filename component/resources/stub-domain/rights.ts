import type { Right } from "../../../proxy-image/src/contract/stub-domain/objects";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { neededRights } from "../../../proxy-image/src/contract/stub-domain/rights";
import type { Context } from "../context";
import type { EgressDns } from "../egress-dns";
import type { StubDomainPlace } from "./place";

/**
 * Least privilege: exactly the permissions that the controller checks at its start; each object by its name, in its one
 * namespace.
 */
export function grantRights(
  context: Context,
  place: StubDomainPlace,
  account: k8s.core.v1.ServiceAccount,
  dns: EgressDns,
): pulumi.Resource[] {
  const { names, settings, parent } = context;
  const all = neededRights({ ...place, dnsService: { namespace: settings.namespace, name: names.dns } });
  const rules = (namespace: string) => rulesOf(all.filter((right) => right.namespace === namespace));
  const subjects = [
    { kind: "ServiceAccount", name: account.metadata.name, namespace: account.metadata.namespace },
  ];
  // In another's namespace, the name also contains the controller's own namespace: with another one it is another
  // binding.
  const name =
    settings.controllerNamespace === undefined ? place.name : `${place.name}-${settings.controllerNamespace}`;

  const grant = (suffix: string, namespace: string, where: pulumi.Input<string>): pulumi.Resource => {
    const metadata = { name: `${name}-${suffix}`, namespace: where, labels: place.labels };
    const role = new k8s.rbac.v1.Role(
      `${place.child}-${suffix}`,
      { metadata, rules: rules(namespace) },
      { parent },
    );
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name };
    return new k8s.rbac.v1.RoleBinding(
      `${place.child}-${suffix}`,
      { metadata, roleRef, subjects },
      { parent },
    );
  };

  const grantClusterScoped = (): pulumi.Resource[] => {
    if (!all.some(({ namespace }) => namespace === "")) return [];
    const metadata = { name, labels: place.labels };
    const role = new k8s.rbac.v1.ClusterRole(
      `${place.child}-cluster`,
      { metadata, rules: rules("") },
      { parent },
    );
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name };
    return [
      new k8s.rbac.v1.ClusterRoleBinding(
        `${place.child}-cluster`,
        { metadata, roleRef, subjects },
        { parent },
      ),
    ];
  };

  return [
    grant("target", place.target.namespace, place.target.namespace),
    grant("anchor", place.anchor.namespace, account.metadata.namespace),
    grant("dns", settings.namespace, dns.service.metadata.namespace),
    ...grantClusterScoped(),
  ];
}

/** Merges verbs on the same objects into one rule, and objects with the same verbs. */
function rulesOf(rights: Right[]): k8s.types.input.rbac.v1.PolicyRule[] {
  const verbsByObject = new Map<string, { right: Right; verbs: string[] }>();
  for (const right of rights) {
    const id = JSON.stringify([right.group, right.resource, right.name]);
    const entry = verbsByObject.get(id) ?? { right, verbs: [] };
    entry.verbs.push(right.verb);
    verbsByObject.set(id, entry);
  }
  const namesByVerbs = new Map<string, { right: Right; verbs: string[]; names: string[] }>();
  for (const { right, verbs } of verbsByObject.values()) {
    const isNamed = right.name !== undefined;
    const id = JSON.stringify([right.group, right.resource, isNamed, verbs]);
    const entry = namesByVerbs.get(id) ?? { right, verbs, names: [] };
    if (isNamed) entry.names.push(right.name!);
    namesByVerbs.set(id, entry);
  }
  return [...namesByVerbs.values()].map(({ right, verbs, names }) => ({
    apiGroups: [right.group],
    resources: [right.resource],
    ...(names.length > 0 ? { resourceNames: names } : {}),
    verbs,
  }));
}
