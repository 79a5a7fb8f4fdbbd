import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attachCluster, THIRD_PARTIES } from "../../cluster";
import { CommandError, run } from "../../cluster/programs/run";

/** A cluster, and where the images of the pods on it come from. */
export interface Target {
  readonly kubectl: string;
  /** A file of this run's own: whoever changes the current context meanwhile changes nothing here. */
  readonly kubeconfig: string;
  /** What the cluster is called in the user's kubeconfig. */
  readonly context: string;
  readonly images: Images;
  /** Addresses outside of the pods' network that may be connected to, beside the API server's. */
  readonly outside: readonly Address[];
  /** Deletes the file. */
  readonly forget: () => Promise<void>;
}

/** Images by digest, which the cluster's nodes can pull. */
export interface Images {
  /** The proxy's, ready. */
  readonly proxy?: string;
  /** Where it is pushed, if it is to be built. */
  readonly repository?: string;
  /** Default: the component's. */
  readonly base?: string;
  /** Default: the component's. */
  readonly dns?: string;
  /** Address of the Docker engine that builds. Default: the Docker client's own. */
  readonly dockerHost?: string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Variables of the environment, beside kubectl's and Docker's own. */
export const VARIABLES = {
  image: "K8S_EGRESS_TEST_IMAGE",
  repository: "K8S_EGRESS_TEST_REPOSITORY",
  base: "K8S_EGRESS_TEST_BASE_IMAGE",
  dns: "K8S_EGRESS_TEST_DNS_IMAGE",
  /** The one of `npm run cluster`: that cluster in place of kubectl's. */
  cluster: "K8S_EGRESS_CLUSTER",
} as const;

/** There is nothing to run the tests on; the message is a sentence for the user. */
export class NoTargetError extends Error {}

/**
 * The cluster of kubectl's current context, or the one of `npm run cluster` that the environment names.
 *
 * @throws NoTargetError where there is none
 */
export function findTarget(env: NodeJS.ProcessEnv): Promise<Target> {
  const name = env[VARIABLES.cluster];
  return name ? ownCluster(name) : currentContext(env);
}

async function ownCluster(name: string): Promise<Target> {
  const cluster = await attachCluster();
  if (!cluster)
    throw new NoTargetError(
      `${VARIABLES.cluster} names the cluster "${name}", which is not up: run "npm run cluster -- start".`,
    );
  return {
    kubectl: cluster.kubectl,
    context: name,
    images: {
      repository: `${cluster.registry}/k8s-egress-linkerd`,
      base: cluster.images.node,
      dns: cluster.images.coredns,
      dockerHost: cluster.dockerHost,
    },
    outside: [{ host: THIRD_PARTIES["api.example.test"].address, port: 443 }],
    ...(await copyOf(cluster.kubectl, ["--kubeconfig", cluster.kubeconfig])),
  };
}

async function currentContext(env: NodeJS.ProcessEnv): Promise<Target> {
  const kubectl = "kubectl";
  const context = await run(kubectl, ["config", "current-context"]).catch((error: unknown) => {
    const reason =
      error instanceof CommandError
        ? "kubectl has no current context: set KUBECONFIG, or choose one with `kubectl config use-context`."
        : "kubectl is not on PATH.";
    throw new NoTargetError(reason);
  });
  return {
    kubectl,
    context: context.stdout.trim(),
    images: {
      proxy: env[VARIABLES.image],
      repository: env[VARIABLES.repository],
      base: env[VARIABLES.base],
      dns: env[VARIABLES.dns],
    },
    outside: [],
    ...(await copyOf(kubectl, [])),
  };
}

async function copyOf(
  kubectl: string,
  options: readonly string[],
): Promise<Pick<Target, "kubeconfig" | "forget">> {
  const { stdout } = await run(kubectl, [...options, "config", "view", "--raw", "--minify", "--flatten"]);
  const folder = await mkdtemp(join(tmpdir(), "k8s-egress-linkerd-"));
  const kubeconfig = join(folder, "kubeconfig");
  await writeFile(kubeconfig, stdout);
  // kubectl's own is for its user only, too.
  await chmod(kubeconfig, 0o600);
  return { kubeconfig, forget: () => rm(folder, { recursive: true, force: true }) };
}
