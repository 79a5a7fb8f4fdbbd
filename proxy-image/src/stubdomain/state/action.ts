import type { ManagedFields } from "../cluster/cluster";
import type { StubRecord } from "./record";

/** Why the target is written. */
export type WriteReason = "install" | "heal" | "remove" | "revert";

/** The single next step for an observed state. A crash may interrupt each: the next start plans it again. */
export type Action =
  /** Nothing to do until the anchor appears, changes or is deleted. */
  | { do: "wait" }
  /** Record on the anchor, together with the finalizer, what the next write may leave in the target. */
  | { do: "record"; record: StubRecord }
  /** Write the target. Without a text the field is removed, and with the last field an object that we created. */
  | { do: "write"; text: string | undefined; reason: WriteReason }
  /** Give the field back to its former owners. */
  | { do: "handBack"; managedFields: ManagedFields[] }
  /** Nothing of ours is in the target: release the anchor. */
  | { do: "release" }
  /** The block has left the target: release the anchor as soon as no server serves it any more, or at the deadline. */
  | { do: "drain"; until: string }
  /** The block is in the target: check whether the cluster's DNS serves it. */
  | { do: "prove"; record: StubRecord; inserted: string }
  /** The next step is impossible. */
  | { do: "problem"; message: string }
  /** A failed installation was removed, and must not be tried again yet. */
  | { do: "giveUp"; message: string };
