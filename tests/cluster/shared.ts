import { after, before } from "node:test";

import type { Cluster } from "./cluster";
import { attachCluster, startCluster, stopCluster } from "./lifecycle";

/**
 * For test files: the cluster that is already up, or one of their own, started before their first test and
 * stopped after the last. Returns a function, because there is no cluster yet when a file is loaded.
 */
export function sharedCluster(): () => Cluster {
  let cluster: Cluster | undefined;
  let isOwn = false;
  before(async () => {
    cluster = await attachCluster();
    if (cluster) return;
    isOwn = true;
    cluster = await startCluster({ progress: (line) => console.error(line) });
  });
  after(async () => {
    if (isOwn) await stopCluster();
  });
  return () => {
    if (!cluster) throw new Error("the cluster is up only inside of tests and hooks");
    return cluster;
  };
}
