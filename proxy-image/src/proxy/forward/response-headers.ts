import { canonicalField, connectionOptions, staysOutside } from "./header-filter";

/** The answer's framing can be read in two ways, so nothing of it is passed on. */
export class AmbiguousResponseError extends Error {
  override readonly name = "AmbiguousResponseError";
  readonly code = "HPE_AMBIGUOUS_FRAMING";
}

/**
 * The header fields that come back to the caller, flat: name, value, …
 *
 * @param raw as undici gives them, flat
 * @param status decides about framing: 1xx and 204 have no body (RFC 9110 §8.6)
 * @throws AmbiguousResponseError for more than one Content-Length, one beside Transfer-Encoding, or any
 * transfer coding but `chunked`, which undici would take off in part only
 */
export function responseHeaders(raw: readonly Buffer[], status: number, via: string): string[] {
  const headers: string[] = [];
  let listed: string[] | undefined;
  let framings = 0;
  let seen = "";
  for (let i = 0; i < raw.length; i += 2) {
    const field = raw[i]!.toString("latin1");
    const value = raw[i + 1]!.toString("latin1");
    const name = canonicalField(field);
    if (name === "connection") {
      const options = connectionOptions(value);
      listed = listed ? listed.concat(options) : options;
    } else if (name === "transfer-encoding") {
      framings++;
      if (value.toLowerCase() !== "chunked") throw new AmbiguousResponseError("transfer coding");
    } else if (name === "content-length") {
      framings++;
      if (status >= 200 && status !== 204) headers.push(field, value);
    } else if (name === "via") {
      seen += `${value}, `;
    } else if (!staysOutside(name)) {
      headers.push(field, value);
    }
  }
  if (framings > 1) throw new AmbiguousResponseError("framing");
  if (listed) removeListed(headers, listed);
  headers.push("Via", `${seen}1.1 ${via}`);
  return headers;
}

/** In place; the framing that Node decided on can't be listed away. */
function removeListed(headers: string[], listed: readonly string[]): void {
  let kept = 0;
  for (let i = 0; i < headers.length; i += 2) {
    const name = canonicalField(headers[i]!);
    if (listed.includes(name) && name !== "content-length") continue;
    headers[kept++] = headers[i]!;
    headers[kept++] = headers[i + 1]!;
  }
  headers.length = kept;
}
