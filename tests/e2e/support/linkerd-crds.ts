import { type Cluster, kubectl } from "../../cluster";

const GROUP = "policy.linkerd.io";
const KINDS = [
  ["Server", "servers", "v1beta3"],
  ["AuthorizationPolicy", "authorizationpolicies", "v1alpha1"],
  ["MeshTLSAuthentication", "meshtlsauthentications", "v1alpha1"],
] as const;

/** Lets the API server take Linkerd's policies, unchecked; nothing enforces them here. */
export async function installLinkerdCrds(cluster: Cluster): Promise<void> {
  await kubectl(
    cluster,
    ["apply", "--server-side", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "List", items: crds() }),
  );
  await kubectl(cluster, ["wait", "--for=condition=Established", "--timeout=30s", ...names()]);
}

/** Takes them away again. */
export async function removeLinkerdCrds(cluster: Cluster): Promise<void> {
  await kubectl(cluster, ["delete", "--ignore-not-found", ...names()]);
}

function names(): string[] {
  return KINDS.map(([, plural]) => `customresourcedefinition/${plural}.${GROUP}`);
}

function crds(): object[] {
  return KINDS.map(([kind, plural, version]) => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: "Namespaced",
      names: { kind, plural },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: { spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
            },
          },
        },
      ],
    },
  }));
}
