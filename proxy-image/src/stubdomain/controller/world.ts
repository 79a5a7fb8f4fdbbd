import type { Cluster } from "../cluster/cluster";
import type { ClusterDns } from "../dns/cluster-dns";
import type { Metrics } from "../metrics";

/** What the reconciler needs of the world. */
export interface World extends Pick<ClusterDns, "prove" | "stillServedBy"> {
  cluster: Cluster;
  now: () => Date;
  log: (message: string) => void;
  metrics: Metrics;
  pacer: ProofPacer;
}

/** Spares the cluster's DNS where all is well; what is decided does not depend on it. */
export interface ProofPacer {
  isDue: () => boolean;
  /** The cluster's DNS was seen to serve. */
  served: () => void;
  /** The Corefile has changed, or the cluster's DNS did not serve. */
  reset: () => void;
}
