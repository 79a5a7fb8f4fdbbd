import { canonicalField, connectionOptions, fieldName } from "../message/fields/header-filter";
import { FailureError, responseHeadersTooLarge } from "../errors/failures";
import type { ResponseRewriter } from "./links";

/** Header fields of a response. Many clients silently drop the fields beyond a limit of their own. */
const MOST_FIELDS = 256;

/**
 * The header fields that are sent back to the client, flat: name, value, ...
 *
 * @param raw as received, flat; their framing has been read
 * @param status decides about framing: 1xx and 204 have no body (RFC 9110 §8.6)
 * @param rewriter rewrites references to the third party's origin
 * @throws FailureError for too many fields, and from `rewriter`
 */
export function responseHeaders(
  raw: readonly string[],
  status: number,
  via: string,
  rewriter: ResponseRewriter,
): string[] {
  if (raw.length > 2 * MOST_FIELDS) throw new FailureError(responseHeadersTooLarge);
  const headers: string[] = [];
  const { fields } = rewriter;
  let listed: Set<string> | undefined;
  let seen = "";
  for (let i = 0; i < raw.length; i += 2) {
    const field = raw[i]!;
    const value = raw[i + 1]!;
    const { canonical: name, staysOutside, link } = fieldName(field);
    switch (name) {
      case "connection":
        // The most common value; it lists a field that is removed anyway.
        if (value === "keep-alive") break;
        listed ??= new Set();
        for (const option of connectionOptions(value)) listed.add(option);
        break;
      case "content-length":
        // `Content_Length` is not a framing field, and is dropped: it would be sent beside the real one.
        if (status >= 200 && status !== 204 && !field.includes("_")) headers.push(field, value);
        break;
      case "via":
        seen += `${value}, `;
        break;
      case "set-cookie":
        headers.push(field, rewriter.cookie(value));
        break;
      default:
        if (link !== undefined) headers.push(field, rewriter.link(link, value));
        else if (fields?.has(name)) headers.push(field, rewriter.link("reference", value));
        else if (!staysOutside) headers.push(field, value);
    }
  }
  if (listed) removeListed(headers, listed);
  headers.push("Via", `${seen}1.1 ${via}`);
  return headers;
}

/** In place. Content-Length stays even if it is listed: it decides the framing. */
function removeListed(headers: string[], listed: ReadonlySet<string>): void {
  let kept = 0;
  for (let i = 0; i < headers.length; i += 2) {
    const name = canonicalField(headers[i]!);
    if (listed.has(name) && name !== "content-length") continue;
    headers[kept++] = headers[i]!;
    headers[kept++] = headers[i + 1]!;
  }
  headers.length = kept;
}
