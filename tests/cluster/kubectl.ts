import type { Cluster } from "./cluster";
import { run } from "./programs/run";

/** Runs kubectl as the cluster's administrator and returns its standard output; throws when it fails. */
export async function kubectl(
  cluster: Pick<Cluster, "kubectl" | "kubeconfig">,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const { stdout } = await run(cluster.kubectl, ["--kubeconfig", cluster.kubeconfig, ...args], { input });
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
