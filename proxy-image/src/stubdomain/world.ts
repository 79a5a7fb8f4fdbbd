import type { Cluster } from "./cluster/cluster";
import type { Proof } from "./dns/proof";
import type { Metrics } from "./metrics";

/** What the reconciler needs of the world. */
export interface World {
  cluster: Cluster;
  /** Whether the cluster's DNS serves the domain now. */
  prove: () => Promise<Proof>;
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
