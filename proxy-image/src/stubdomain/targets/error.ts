/** Why a stub domain can't be put into, or taken out of, what configures a cluster's DNS; says what would be right. */
export class TargetError extends Error {
  override readonly name: string = "TargetError";
}

/** The domain is served already. */
export class TakenError extends TargetError {
  override readonly name = "TakenError";

  /** @param entry what serves it, as far as it could be a stub domain's entry */
  constructor(
    message: string,
    readonly entry?: string,
  ) {
    super(message);
  }
}
