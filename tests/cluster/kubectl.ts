import { dirname, join } from "node:path";

import type { Cluster } from "./cluster";
import { run } from "./programs/run";

/** Runs kubectl as the cluster's administrator and returns its standard output; throws when it fails. */
export async function kubectl(
  cluster: Pick<Cluster, "kubectl" | "kubeconfig">,
  args: readonly string[],
  input?: string,
): Promise<string> {
  // Its cache of the API goes with the cluster.
  const env = { ...process.env, KUBECACHEDIR: join(dirname(cluster.kubeconfig), "kubectl-cache") };
  const all = ["--kubeconfig", cluster.kubeconfig, ...args];
  const { stdout } = await run(cluster.kubectl, all, { input, env });
  return stdout;
}

/** Applies objects server-side in the name of `fieldManager`. */
export async function apply(
  cluster: Pick<Cluster, "kubectl" | "kubeconfig">,
  objects: readonly object[],
  fieldManager = "tests",
): Promise<void> {
  const list = { apiVersion: "v1", kind: "List", items: objects };
  const args = ["apply", "--server-side", `--field-manager=${fieldManager}`, "-f", "-"];
  await kubectl(cluster, args, JSON.stringify(list));
}
