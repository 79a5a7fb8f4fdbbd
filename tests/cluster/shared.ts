import { after, before } from "node:test";

import type { Cluster } from "./cluster";
import { attachCluster, startCluster, stopCluster } from "./lifecycle";
import { checkPolicies } from "./policy-proof";

/** A cluster that a test file uses, and how it lets it go. */
export interface ClusterInUse {
  readonly cluster: Cluster;
  /** Where {@link useCluster} started the cluster: checks that it still enforces NetworkPolicies, and stops it. */
  readonly release: () => Promise<void>;
}

/** The cluster that is already up, or one of one's own. */
export async function useCluster(): Promise<ClusterInUse> {
  const running = await attachCluster();
  if (running) return { cluster: running, release: () => Promise.resolve() };
  const cluster = await startCluster({ progress: (line) => console.error(line) });
  return { cluster, release: () => checkPolicies(cluster).finally(() => stopCluster()) };
}

const inUse: ClusterInUse[] = [];
// At the top level: a describe's hooks run in the order in which they are made, so one made by `sharedCluster` would stop
// the cluster before the file's own hooks have tidied up.
after(async () => {
  for (const { release } of inUse.splice(0)) await release();
});

/**
 * The same for the tests of one `describe`, by a hook before them. Returns a function, because there is no cluster yet
 * when a file is loaded. Not for the top level of a file, where node:test does not wait for one hook before the next.
 */
export function sharedCluster(): () => Cluster {
  let used: ClusterInUse | undefined;
  before(async () => {
    used = await useCluster();
    inUse.push(used);
  });
  return () => {
    if (!used) throw new Error("the cluster is up only inside of tests and hooks");
    return used.cluster;
  };
}
