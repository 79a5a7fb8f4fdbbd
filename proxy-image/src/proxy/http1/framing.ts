import { MalformedMessageError } from "./malformed";

/** How a message marks the end of its body. */
export interface Framing {
  /** Content-Length, if there is one. */
  readonly length: number | undefined;
  readonly chunked: boolean;
}

/** More than 15 digits would not be exact as a number. */
const LENGTH = /^\d{1,15}$/;

/**
 * The framing fields of a response, or of trailers, which may not have any.
 *
 * @param fields flat: name, value, ...
 * @throws MalformedMessageError for more than one of them, or a transfer coding other than `chunked`: parsers have
 * disagreed about each of these (RFC 9112 §6.3, §11.1)
 */
export function framingOf(fields: readonly string[]): Framing {
  let length: number | undefined;
  let chunked = false;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!;
    // Compare the lengths first: lower-casing every name would cost more than the rest of the loop.
    if (name.length === 14 && name.toLowerCase() === "content-length") {
      if (length !== undefined || chunked) throw new MalformedMessageError("more than one framing");
      if (!LENGTH.test(fields[i + 1]!)) throw new MalformedMessageError("not a length");
      length = Number(fields[i + 1]);
    } else if (name.length === 17 && name.toLowerCase() === "transfer-encoding") {
      if (length !== undefined || chunked) throw new MalformedMessageError("more than one framing");
      if (fields[i + 1]!.toLowerCase() !== "chunked") throw new MalformedMessageError("transfer coding");
      chunked = true;
    }
  }
  return { length, chunked };
}
