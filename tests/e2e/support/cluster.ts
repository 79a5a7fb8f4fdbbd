import { attachCluster, type Cluster, startCluster, stopCluster } from "../../cluster";

/** A cluster for one test file: the one that is up, otherwise one that `release` takes down again. */
export async function useCluster(): Promise<{ cluster: Cluster; release: () => Promise<void> }> {
  const running = await attachCluster();
  if (running) return { cluster: running, release: () => Promise.resolve() };
  return { cluster: await startCluster({ progress: console.log }), release: () => stopCluster() };
}
