/** The cluster can't answer; the message is a sentence that says why, and what to do. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
}
