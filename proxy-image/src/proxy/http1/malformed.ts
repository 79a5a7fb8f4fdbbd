import { type MalformedReason, describeReason } from "./client/grammar-rules";

/** A message breaks the grammar of RFC 9112, or can be read in two ways, so all of it is rejected. */
export class MalformedMessageError extends Error {
  override readonly name = "MalformedMessageError";
  readonly code = "MALFORMED_MESSAGE";
  /** Which rule is broken, and where; undefined if the message text says it. */
  readonly reason: MalformedReason | undefined;

  /** @param what contains no secret: it is sent to the client and logged */
  constructor(what: string | MalformedReason) {
    super(typeof what === "string" ? what : describeReason(what));
    this.reason = typeof what === "string" ? undefined : what;
  }
}

/** A header section is larger than the limit. */
export class SectionTooLargeError extends Error {
  override readonly name = "SectionTooLargeError";
  readonly code = "SECTION_TOO_LARGE";

  /**
   * @param message contains no secret: it is sent to the client and logged
   * @param inFirstLine whether the first line alone is too long
   */
  constructor(
    message: string,
    readonly inFirstLine = false,
  ) {
    super(message);
  }
}
