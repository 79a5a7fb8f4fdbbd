import {
  conflictingFraming,
  malformedRequest,
  tooManyHeaders,
  transferEncodingRejected,
} from "../errors/failures";
import type { RequestHead } from "../message/request-head";
import { type Rejection, reject } from "./rejection";

/**
 * Rejects requests whose framing two parsers could read in two ways: two framings, or a transfer coding beside
 * `chunked` (RFC 9112 §6.3).
 *
 * @param mostFields header fields that are accepted; few enough to loop over for every request
 */
export function checkFraming(head: RequestHead, mostFields: number): Rejection | undefined {
  if (head.fields.length > 2 * mostFields) {
    return reject(
      tooManyHeaders,
      `It has ${head.fields.length / 2}; at most ${mostFields} are accepted (\`limits.headerFields\`).`,
    );
  }
  if (head.contentLength !== undefined && !/^\d{1,15}$/.test(head.contentLength)) {
    return reject(malformedRequest, "Content-Length is not a number of at most 15 digits (RFC 9110 §8.6).");
  }
  if (head.lengths + head.encodings > 1) {
    return reject(
      conflictingFraming,
      `Content-Length fields: ${head.lengths}. Transfer-Encoding fields: ${head.encodings}.`,
    );
  }
  const coding = head.transferEncoding?.toLowerCase();
  if (coding !== undefined && coding !== "chunked") {
    return coding.split("chunked").length > 2
      ? reject(conflictingFraming, "Transfer-Encoding names `chunked` more than once.")
      : reject(transferEncodingRejected);
  }
  // HTTP/1.0 has no transfer codings, so the framing of such a message can't be trusted (RFC 9112 §6.1).
  if (coding !== undefined && head.version === "1.0") {
    return reject(conflictingFraming, "HTTP/1.0 has no Transfer-Encoding (RFC 9112 §6.1).");
  }
  return undefined;
}
