import { readFileSync } from "node:fs";
import type { Cluster } from "../../cluster";
import { instance } from "../../cluster/instance";
import { readState } from "../../cluster/state";

/** Stops one of the cluster's daemons, and lets it go on when `meanwhile` has ended. */
export async function whilePaused<T>(
  cluster: Cluster,
  daemon: string,
  meanwhile: () => Promise<T>,
): Promise<T> {
  const state = await readState(instance(cluster.instance));
  const enter = state!.daemons.find(({ name }) => name === daemon)!.pid;
  const pid = Number(readFileSync(`/proc/${enter}/task/${enter}/children`, "utf8").trim() || enter);
  process.kill(pid, "SIGSTOP");
  try {
    return await meanwhile();
  } finally {
    // nsenter stops with its child, and does not go on with it.
    for (const stopped of [pid, enter]) process.kill(stopped, "SIGCONT");
  }
}
