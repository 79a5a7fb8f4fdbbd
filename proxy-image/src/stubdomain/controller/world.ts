import type { Cluster } from "../cluster/cluster";
import type { ClusterDns } from "../dns/cluster-dns";
import type { Metrics } from "../metrics";
import type { ReloadWatch } from "./reload-watch";

/** The reconciler's dependencies. */
export interface World extends Pick<ClusterDns, "prove" | "stillServedBy" | "processes" | "resolvers"> {
  cluster: Cluster;
  now: () => Date;
  log: (message: string) => void;
  metrics: Metrics;
  pacer: ProofPacer;
  reloads: ReloadWatch;
}

/** Reduces the load on the cluster's DNS when all is well; it does not influence decisions. */
export interface ProofPacer {
  isDue: () => boolean;
  /** The cluster's DNS has been proven to serve. */
  served: () => void;
  /** The Corefile has changed, or the cluster's DNS did not serve. */
  reset: () => void;
}
