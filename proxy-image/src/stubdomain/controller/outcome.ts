/** How a round ended. */
export type Outcome =
  /** Nothing to do before something changes. */
  | { kind: "idle" }
  /** Soon again: the proof is awaited, or something is in the way. */
  | { kind: "again" }
  /** The installation failed and was taken back. */
  | { kind: "failed"; message: string };
