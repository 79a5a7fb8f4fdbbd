import { readFile } from "node:fs/promises";
import { type Cluster, kubectl } from "../../cluster";
import { established } from "./established";

const GROUP = "policy.linkerd.io";
const KINDS = [
  ["Server", "servers", "v1beta3"],
  ["EgressNetwork", "egressnetworks", "v1alpha1"],
  ["MeshTLSAuthentication", "meshtlsauthentications", "v1alpha1"],
  ["AuthorizationPolicy", "authorizationpolicies", "v1alpha1"],
] as const;
const NAMES = KINDS.map(([, plural]) => `${plural}.${GROUP}`);

/** What Linkerd's own CRD (2.20) says of a kind's spec; of others anything is taken. */
const SPECS: Readonly<Record<string, object>> = {
  Server: {
    type: "object",
    required: ["port", "podSelector"],
    properties: {
      accessPolicy: { type: "string", default: "deny" },
      podSelector: {
        type: "object",
        properties: { matchLabels: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
      port: { "x-kubernetes-int-or-string": true },
      proxyProtocol: { type: "string", default: "unknown" },
    },
  },
  EgressNetwork: {
    type: "object",
    required: ["trafficPolicy"],
    properties: {
      trafficPolicy: { type: "string", enum: ["Allow", "Deny"] },
      networks: {
        type: "array",
        items: {
          type: "object",
          required: ["cidr"],
          properties: {
            cidr: { type: "string" },
            except: { type: "array", items: { type: "string" } },
          },
        },
      },
    },
  },
};

/**
 * Lets the API server take Linkerd's policies; nothing enforces them here. They are in no package registry, so these
 * are stand-ins, unless LINKERD_CRDS names a file with Linkerd's own (`linkerd install --crds`).
 */
export async function installLinkerdCrds(cluster: Cluster): Promise<void> {
  const own = process.env.LINKERD_CRDS;
  await kubectl(
    cluster,
    ["apply", "--server-side", "--force-conflicts", "-f", "-"],
    own ? await readFile(own, "utf8") : JSON.stringify({ apiVersion: "v1", kind: "List", items: crds() }),
  );
  for (const name of NAMES) await established(cluster, name);
}

/** Takes them away again. */
export async function removeLinkerdCrds(cluster: Cluster): Promise<void> {
  await kubectl(cluster, ["delete", "customresourcedefinitions", "--ignore-not-found", ...NAMES]);
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
              properties: {
                spec: SPECS[kind] ?? { type: "object", "x-kubernetes-preserve-unknown-fields": true },
              },
            },
          },
        },
      ],
    },
  }));
}
