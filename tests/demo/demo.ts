import { startAppPod } from "../e2e/support/pod";
import { readCorefile } from "../e2e/support/corefile";
import { attachCluster, type Cluster, startCluster, stopCluster } from "../cluster";
import { type Kubectl, kubectlFor } from "../harness/kubernetes";
import { deploymentOf } from "./deployment";
import { say, step } from "./print";

/**
 * The whole way on one machine: a real cluster, the example stack on it, a request from an application's pod,
 * and all of it gone again. `--keep` leaves cluster and stack up; a cluster that was there before stays.
 */
async function main(): Promise<void> {
  const keep = process.argv.includes("--keep");
  const unknown = process.argv.slice(2).find((argument) => argument !== "--keep");
  if (unknown) throw new Error(`demo: ${unknown} is not an option; there is --keep`);

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
    await show(cluster, keep);
  } finally {
    if (!keepCluster) await step("stop the cluster", () => stopCluster());
  }
}

async function show(cluster: Cluster, keep: boolean): Promise<void> {
  const kubectl = kubectlFor(cluster.kubectl, cluster.kubeconfig);
  const before = await readCorefile(kubectl);
  const deployment = deploymentOf(cluster, kubectl);
  say(`examples/basic is deployed by ${deployment.by}`);
  try {
    const urls = await step("deploy examples/basic: build and push the image, apply the stack", () =>
      deployment.up(),
    );
    await step("ask from an application's pod", () => ask(kubectl, cluster, urls));
  } finally {
    if (!keep) await step("take the stack down", () => deployment.destroy());
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

async function ask(kubectl: Kubectl, cluster: Cluster, urls: Record<string, string>): Promise<void> {
  const app = await startAppPod(cluster);
  try {
    const url = `${urls["api.example.test"]!}/v1/charges?limit=3`;
    const { hostname } = new URL(url);
    const corefile = (await readCorefile(kubectl)).corefile.split("\n");
    say("the cluster's Corefile now has");
    const begin = corefile.findIndex((line) => line.startsWith("egress.local"));
    for (const line of corefile.slice(begin, corefile.indexOf("}", begin) + 1)) say(`    ${line}`);
    say(`DNS   ${hostname} → ${JSON.stringify((await app.resolve(hostname, "A")).records)}`);
    const answer = await app.request(url);
    say(`GET   ${url}`);
    say(`  →   ${answer.status ?? answer.error ?? "nothing"} ${answer.body ?? ""}`);
    if (answer.status !== 200) throw new Error("the third party did not answer 200");
    const unlisted = "http://unlisted.example.test.egress.local/";
    const refused = await app.request(unlisted);
    say(`GET   ${unlisted}`);
    say(`  →   ${refused.error ?? refused.status ?? "nothing"}`);
    if (refused.error !== "ENOTFOUND") throw new Error("a name that is not listed resolves");
  } finally {
    await app.delete();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
