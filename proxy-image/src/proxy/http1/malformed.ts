/** A message breaks the grammar of RFC 9112, or can be read in two ways, so nothing of it counts. */
export class MalformedMessageError extends Error {
  override readonly name = "MalformedMessageError";
  readonly code = "MALFORMED_MESSAGE";
}

/** A header section has more bytes than are read. */
export class SectionTooLargeError extends Error {
  override readonly name = "SectionTooLargeError";
  readonly code = "SECTION_TOO_LARGE";
}
