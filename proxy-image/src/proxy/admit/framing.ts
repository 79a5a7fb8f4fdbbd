import {
  type Failure,
  conflictingFraming,
  duplicateHost,
  missingHost,
  tooManyHeaders,
  transferEncodingRefused,
} from "../errors/failures";

/** More header fields than any client sends, and few enough to walk for every request. */
const MOST_HEADER_FIELDS = 100;

/**
 * Looks once at all header fields for what two readers of a request could read in two ways. Node accepts two
 * Hosts (the first wins) and `gzip, chunked`, so `rawHeaders` is what counts, never `headers`.
 *
 * @param rawHeaders flat: name, value, …
 */
export function checkFraming(rawHeaders: readonly string[]): Failure | undefined {
  if (rawHeaders.length > 2 * MOST_HEADER_FIELDS) return tooManyHeaders;
  let hosts = 0;
  let lengths = 0;
  let encodings = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    // Lengths first: lower-casing every name costs more than the rest of the walk.
    if (name.length === 4) {
      if (name.toLowerCase() === "host") hosts++;
    } else if (name.length === 14) {
      if (name.toLowerCase() === "content-length") {
        lengths++;
        if (!/^\d{1,15}$/.test(rawHeaders[i + 1]!)) return conflictingFraming;
      }
    } else if (name.length === 17) {
      if (name.toLowerCase() === "transfer-encoding") {
        encodings++;
        if (rawHeaders[i + 1]!.toLowerCase() !== "chunked") return transferEncodingRefused;
      }
    }
  }
  if (lengths + encodings > 1) return conflictingFraming;
  if (hosts === 0) return missingHost;
  if (hosts > 1) return duplicateHost;
  return undefined;
}
