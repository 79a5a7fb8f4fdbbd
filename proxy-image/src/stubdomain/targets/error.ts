/** Why a stub domain can't be added to, or removed from, a cluster's DNS configuration; says how to correct it. */
export class TargetError extends Error {
  override readonly name: string = "TargetError";
}

/** The domain is already served. */
export class TakenError extends TargetError {
  override readonly name = "TakenError";

  /** @param entry the entry that serves it, if it could be a stub domain's */
  constructor(
    message: string,
    readonly entry?: string,
  ) {
    super(message);
  }
}
