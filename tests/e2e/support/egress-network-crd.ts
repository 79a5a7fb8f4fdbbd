import { type Cluster, kubectl } from "../../cluster";

const NAME = "egressnetworks.policy.linkerd.io";

/** Lets the API server take Linkerd's EgressNetworks, and check them as Linkerd's own definition does. */
export async function installEgressNetworks(cluster: Cluster): Promise<void> {
  await kubectl(cluster, ["apply", "--server-side", "-f", "-"], JSON.stringify(DEFINITION));
  const crd = `customresourcedefinition/${NAME}`;
  await kubectl(cluster, ["wait", "--for=condition=Established", "--timeout=30s", crd]);
}

/** Takes them away again. */
export async function removeEgressNetworks(cluster: Cluster): Promise<void> {
  await kubectl(cluster, ["delete", "customresourcedefinition", "--ignore-not-found", NAME]);
}

const DEFINITION = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: NAME },
  spec: {
    group: "policy.linkerd.io",
    scope: "Namespaced",
    names: { kind: "EgressNetwork", plural: "egressnetworks", singular: "egressnetwork" },
    versions: [
      {
        name: "v1alpha1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            required: ["spec"],
            properties: {
              spec: {
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
            },
          },
        },
      },
    ],
  },
};
