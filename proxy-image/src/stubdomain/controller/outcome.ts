/** Result of a round. */
export type Outcome =
  /** Nothing to do until something changes. */
  | { kind: "idle" }
  /** Another round soon: the proof is pending, or something prevents the next step. */
  | { kind: "again" }
  /** The installation failed and was removed again. */
  | { kind: "failed"; message: string };
