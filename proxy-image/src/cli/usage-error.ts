/** The command line is invalid; the message says why, and how to correct it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
