import { spawnSync } from "node:child_process";

/**
 * Why a cluster can't run on this machine, whatever is installed; undefined if it can. A missing program is no such
 * reason: it can be installed.
 */
export function whyNoCluster(
  platform = process.platform,
  isRoot = process.getuid?.() === 0,
): string | undefined {
  if (platform !== "linux") return "Kubernetes' node needs Linux.";
  if (!isRoot) return "its namespaces need root: run it as root for the whole way.";
  const { status, error } = spawnSync("unshare", ["--mount", "--net", "--pid", "--fork", "true"]);
  if (error === undefined && status !== 0)
    return "this container may not make namespaces: start it privileged.";
  return undefined;
}
