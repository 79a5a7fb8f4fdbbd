import { type Images, VARIABLES } from "./target";

/** What was found on a cluster and on this machine. */
export interface Findings {
  /** Why the API server does not answer. */
  readonly apiServerError?: string;
  /** CustomResourceDefinitions by name, with the versions that are served. */
  readonly crds: Readonly<Record<string, readonly string[]>>;
  /** Namespace of the injector that is registered with the API server, and how many of its pods are ready. */
  readonly injector?: { readonly namespace: string; readonly ready: number };
  readonly mayCreateNamespaces: boolean;
  readonly images: Images;
  /** Why the Docker client reaches no engine; only asked for where an image is to be built. */
  readonly dockerError?: string;
}

/** The version of each kind that the component makes, and who brings it. */
const KINDS = {
  "servers.policy.linkerd.io": "v1beta3",
  "egressnetworks.policy.linkerd.io": "v1alpha1",
  "authorizationpolicies.policy.linkerd.io": "v1alpha1",
  "meshtlsauthentications.policy.linkerd.io": "v1alpha1",
  "httproutes.gateway.networking.k8s.io": "v1",
  "tlsroutes.gateway.networking.k8s.io": "v1alpha2",
} as const;

/** What the tests lack, one plain sentence each; empty if they can run. */
export function missing(findings: Findings): string[] {
  const { apiServerError, injector, mayCreateNamespaces, images, dockerError } = findings;
  // Without it all else would be said to be missing.
  if (apiServerError !== undefined) return [`The cluster does not answer: ${apiServerError}`];
  const sentences: string[] = [];
  const absent = Object.entries(KINDS).filter(([name, version]) => !findings.crds[name]?.includes(version));
  const list = (own: boolean) =>
    absent
      .filter(([name]) => name.endsWith(".policy.linkerd.io") === own)
      .map(([name, version]) => `${name} (${version})`)
      .join(", ");
  if (list(true))
    sentences.push(
      `The cluster does not serve these kinds of Linkerd: ${list(true)}. Install them: \`linkerd install --crds | kubectl apply -f -\`.`,
    );
  if (list(false))
    sentences.push(
      `The cluster does not serve these kinds of the Gateway API, which Linkerd watches too: ${list(false)}. Install the experimental channel of a release of the Gateway API that Linkerd supports.`,
    );
  if (!injector)
    sentences.push(
      "The API server has no webhook of Linkerd's injector. Install the control plane: `linkerd install | kubectl apply -f -`.",
    );
  else if (injector.ready === 0)
    sentences.push(
      `No pod of Linkerd's injector is ready in the namespace ${injector.namespace}: \`kubectl get pods -n ${injector.namespace}\`.`,
    );
  if (!mayCreateNamespaces) sentences.push("This user may not create namespaces; the tests make their own.");
  if (!images.proxy && !images.repository)
    sentences.push(
      `There is no image of the proxy. Set ${VARIABLES.repository} to a repository that this machine's Docker can push to and the nodes can pull from, such as localhost:5001/egress-proxy, or ${VARIABLES.image} to an image that exists, by digest.`,
    );
  else if (images.proxy && !/@sha256:[0-9a-f]{64}$/.test(images.proxy))
    sentences.push(`${VARIABLES.image} is ${images.proxy}; it must end with the digest: @sha256:….`);
  else if (!images.proxy && dockerError !== undefined)
    sentences.push(`Docker can't build the proxy's image: ${dockerError}`);
  return sentences;
}
