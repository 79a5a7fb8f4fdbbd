import { canonicalField, connectionOptions, staysOutside } from "./header-filter";
import { FailureError, responseHeadersTooLarge } from "../errors/failures";
import { withoutDomain } from "./cookies";
import type { LinkRewriter } from "./links";

/** Header fields of an answer: many clients drop what is beyond a number of their own, silently. */
const MOST_FIELDS = 256;

/** The answer's framing can be read in two ways, so nothing of it is passed on. */
export class AmbiguousResponseError extends Error {
  override readonly name = "AmbiguousResponseError";
  readonly code = "HPE_AMBIGUOUS_FRAMING";
}

/** An answer's head as it goes to the caller. */
export interface ResponseHead {
  /** Flat: name, value, … */
  readonly headers: string[];
  /** Bytes of the body, where the third party says so. */
  readonly length: number | undefined;
}

/**
 * The head that comes back to the caller.
 *
 * @param raw header fields as undici gives them (bytes) or Node (text), flat
 * @param status decides about framing: 1xx and 204 have no body (RFC 9110 §8.6)
 * @param links rewrites fields that lead somewhere
 * @throws AmbiguousResponseError for more than one Content-Length, one beside Transfer-Encoding, or any
 * transfer coding but `chunked`, which undici would take off in part only; FailureError from `links`
 */
export function responseHead(
  raw: readonly (Buffer | string)[],
  status: number,
  via: string,
  links: LinkRewriter,
): ResponseHead {
  if (raw.length > 2 * MOST_FIELDS) throw new FailureError(responseHeadersTooLarge);
  const headers: string[] = [];
  let listed: string[] | undefined;
  let framings = 0;
  let length: number | undefined;
  let seen = "";
  for (let i = 0; i < raw.length; i += 2) {
    const field = latin1(raw[i]!);
    const value = latin1(raw[i + 1]!);
    const name = canonicalField(field);
    switch (name) {
      case "connection":
        listed = (listed ?? []).concat(connectionOptions(value));
        break;
      case "transfer-encoding":
        framings++;
        if (value.toLowerCase() !== "chunked") throw new AmbiguousResponseError("transfer coding");
        break;
      case "content-length":
        framings++;
        if (status >= 200 && status !== 204) {
          headers.push(field, value);
          length = Number(value);
        }
        break;
      case "via":
        seen += `${value}, `;
        break;
      case "set-cookie":
        headers.push(field, withoutDomain(value));
        break;
      case "location":
      case "content-location":
      case "refresh":
      case "link":
        headers.push(field, links(name, value));
        break;
      default:
        if (!staysOutside(name)) headers.push(field, value);
    }
  }
  if (framings > 1) throw new AmbiguousResponseError("framing");
  if (listed) removeListed(headers, listed);
  headers.push("Via", `${seen}1.1 ${via}`);
  return { headers, length };
}

function latin1(text: Buffer | string): string {
  return typeof text === "string" ? text : text.toString("latin1");
}

/** In place; the framing that Node decides by can't be listed away. */
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
