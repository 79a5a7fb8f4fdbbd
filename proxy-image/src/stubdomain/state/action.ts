import type { ManagedFields } from "../cluster/cluster";
import type { StubRecord } from "./record";

/** Why the target is written. */
export type WriteReason = "install" | "heal" | "remove" | "revert";

/** The one next step from what was observed. Each can be cut off by a crash: the next start plans it again. */
export type Action =
  /** Nothing to do before the anchor appears, changes or is gone. */
  | { do: "wait" }
  /** Write down, on the anchor and together with the finalizer, what the next write may leave in the target. */
  | { do: "record"; record: StubRecord }
  /** Without a text the field goes, and with the last field an object that we made. */
  | { do: "write"; text: string | undefined; reason: WriteReason }
  /** Give the field back to those who owned it. */
  | { do: "handBack"; managedFields: ManagedFields[] }
  /** Nothing of ours is in the target: let the anchor go. */
  | { do: "release" }
  /** It is out of the target: let the anchor go as soon as nobody serves it any more, or at the deadline. */
  | { do: "drain"; until: string }
  /** The block is in the target: ask whether the cluster's DNS serves it. */
  | { do: "prove"; record: StubRecord; inserted: string }
  /** The next step can't be done. */
  | { do: "problem"; message: string }
  /** A failed installation was taken back, and must not be tried again yet. */
  | { do: "giveUp"; message: string };
