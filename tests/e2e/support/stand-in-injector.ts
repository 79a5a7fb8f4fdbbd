import type { Cluster } from "../../cluster";
import { kubernetesVersion } from "../../cluster/kubernetes-version";
import { kubectlFor } from "../../harness/kubernetes";

const NAME = "stand-in-injector";

/**
 * Answers `/ready` and does nothing else. A sidecar's container has neither command nor arguments, and the image runs
 * Node with nothing to read.
 */
const READY = `import{createServer}from"node:http";createServer((q,s)=>s.end()).listen(4191,"127.0.0.1")`;

/** A sidecar as Linkerd's injector adds it, but with a program that only says that it is ready; in CEL. */
function sidecar(image: string): string {
  const type = "Object.spec.initContainers";
  const options = `--import=data:text/javascript,${encodeURIComponent(READY)}`;
  return `${type}{
    name: "linkerd-proxy",
    image: ${JSON.stringify(image)},
    restartPolicy: "Always",
    env: [${type}.env{name: "NODE_OPTIONS", value: ${JSON.stringify(options)}}],
    securityContext: ${type}.securityContext{runAsUser: 2102, allowPrivilegeEscalation: false},
  }`;
}

/** Whether the API server has the kind that it is made of. */
export function hasMutatingPolicies(): boolean {
  const [, minor] = kubernetesVersion().minor.split(".");
  return Number(minor) >= 36;
}

/**
 * Adds a sidecar to the pods of a namespace that ask for one, as Linkerd's injector does, until it is removed. It proves
 * nothing about Linkerd: its sidecar redirects nothing and knows nobody.
 */
export async function installInjector(cluster: Cluster, namespace: string): Promise<void> {
  const metadata = { name: NAME };
  const apiVersion = "admissionregistration.k8s.io/v1";
  await kubectlFor(cluster.kubectl, cluster.kubeconfig)(
    ["apply", "-f", "-"],
    JSON.stringify({
      apiVersion: "v1",
      kind: "List",
      items: [
        {
          apiVersion,
          kind: "MutatingAdmissionPolicy",
          metadata,
          spec: {
            // A mistake in the expression must show.
            failurePolicy: "Fail",
            reinvocationPolicy: "Never",
            matchConstraints: {
              resourceRules: [
                { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
              ],
            },
            matchConditions: [
              {
                name: "enabled",
                expression: `object.metadata.?annotations["linkerd.io/inject"].orValue("") == "enabled"`,
              },
            ],
            mutations: [
              {
                patchType: "ApplyConfiguration",
                applyConfiguration: {
                  expression: `Object{spec: Object.spec{initContainers: [${sidecar(cluster.images.node)}]}}`,
                },
              },
            ],
          },
        },
        {
          apiVersion,
          kind: "MutatingAdmissionPolicyBinding",
          metadata,
          spec: {
            policyName: NAME,
            matchResources: {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
            },
          },
        },
      ],
    }),
  );
}

/** As if the injector were down: its webhook fails open. */
export async function removeInjector(cluster: Cluster): Promise<void> {
  await kubectlFor(
    cluster.kubectl,
    cluster.kubeconfig,
  )(["delete", "mutatingadmissionpolicybinding,mutatingadmissionpolicy", NAME, "--ignore-not-found"]);
}
