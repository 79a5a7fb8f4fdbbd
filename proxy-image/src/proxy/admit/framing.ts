import {
  type Failure,
  conflictingFraming,
  duplicateHost,
  malformedRequest,
  missingHost,
  tooManyHeaders,
  transferEncodingRefused,
} from "../errors/failures";
import type { RequestHead } from "../http1/request-head";

/** More header fields than any client sends, and few enough to walk for every request. */
const MOST_HEADER_FIELDS = 100;

/**
 * Refuses what two readers of a request could read in two ways: two Hosts, two framings, a transfer coding beside
 * `chunked` (RFC 9112 §3.2, §6.3).
 */
export function checkFraming(head: RequestHead): Failure | undefined {
  if (head.fields.length > 2 * MOST_HEADER_FIELDS) return tooManyHeaders;
  if (head.contentLength !== undefined && !/^\d{1,15}$/.test(head.contentLength)) return malformedRequest;
  if (head.lengths + head.encodings > 1) return conflictingFraming;
  const coding = head.transferEncoding?.toLowerCase();
  if (coding !== undefined && coding !== "chunked") {
    return coding.split("chunked").length > 2 ? conflictingFraming : transferEncodingRefused;
  }
  // There was none: whoever says so is confused about where its messages end (RFC 9112 §6.1).
  if (coding !== undefined && head.minor === 0) return conflictingFraming;
  if (head.hosts === 0) return missingHost;
  if (head.hosts > 1) return duplicateHost;
  return undefined;
}
