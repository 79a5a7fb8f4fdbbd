import { type AppPod, startAppPod } from "../e2e/support/pod";
import { readCorefile } from "../e2e/support/corefile";
import { attachCluster, type Cluster, startCluster, stopCluster } from "../cluster";
import { type Kubectl, kubectlFor } from "../harness/kubernetes";
import { deploymentOf } from "./deployment";
import { say, step } from "./print";
import { LISTED, tell } from "./story";

/**
 * The whole way on one machine: a real cluster, the example stack on it, requests of an application's pod, and all of
 * it gone again. A cluster that was there before stays.
 *
 * @param keep leaves cluster and stack up
 */
export async function runOnCluster(keep: boolean): Promise<void> {
  const running = await attachCluster();
  const cluster =
    running ??
    (await step("start a Kubernetes cluster on this machine", () => startCluster({ progress: say })));
  const keepCluster = keep || running !== undefined;
  process.once("SIGINT", () => {
    console.error("interrupted");
    void (keepCluster ? Promise.resolve() : stopCluster()).finally(() => process.exit(130));
  });
  try {
    await show(cluster, keep, !keepCluster);
  } finally {
    if (!keepCluster) await step("stop the cluster", () => stopCluster());
  }
}

async function show(cluster: Cluster, keep: boolean, isStoppedNext: boolean): Promise<void> {
  const kubectl = kubectlFor(cluster.kubectl, cluster.kubeconfig);
  const before = await readCorefile(kubectl);
  const deployment = deploymentOf(cluster, kubectl);
  say(`examples/basic is deployed by ${deployment.by}`);
  // The pod starts beside the deployment and ends beside its removal.
  const starting = startAppPod(cluster);
  try {
    const [urls, app] = await step("deploy examples/basic: build and push the image, apply the stack", () =>
      Promise.all([deployment.up(), starting]),
    );
    await showCorefile(kubectl, before.corefile);
    await step("call the third party from an application's pod", () => ask(app, urls[LISTED]!));
  } finally {
    const ending = isStoppedNext ? Promise.resolve() : starting.then((app) => app.delete());
    if (!keep) await step("take the stack down", () => deployment.destroy(isStoppedNext));
    await ending;
  }
  if (keep) {
    say(`the cluster stays: export KUBECONFIG=${cluster.kubeconfig}; npm run cluster -- stop ends it`);
    return;
  }
  const after = await readCorefile(kubectl);
  if (JSON.stringify(after) !== JSON.stringify(before))
    throw new Error("the Corefile is not as it was before");
  say("kube-system/coredns is byte for byte as it was, its field owners too");
}

/** What changed in kube-system. */
async function showCorefile(kubectl: Kubectl, before: string): Promise<void> {
  const { corefile } = await readCorefile(kubectl);
  const known = new Set(before.split("\n"));
  const lines = corefile.split("\n");
  const first = lines.findIndex((line) => !known.has(line));
  const added = lines.slice(first, first + lines.length - before.split("\n").length);
  say(`kube-system/coredns has ${added.length} lines more:`);
  for (const line of added) say(`    ${line}`);
}

async function ask(app: AppPod, url: string): Promise<void> {
  await tell(
    {
      resolve: async (name) => ((await app.resolve(name, "A")).records ?? []) as string[],
      request: (target, method = "GET") => app.request(target, { method }),
    },
    url,
  );
}
