import type { PolicyUpstream } from "../../contract/policy/policy";
import { connectionOptions, fieldName } from "../message/fields/header-filter";
import type { Credentials } from "../upstream/credentials";
import type { OutwardReferences } from "./outward-references";

/** An upstream's settings for the fields of its requests. */
export interface RequestFields {
  /** Fields that the policy sets: name in lower case → a function that returns the current value. */
  readonly set: ReadonlyMap<string, () => string> | undefined;
  /** Fields about the client that are sent nonetheless. */
  readonly pass: ReadonlySet<string> | undefined;
  /** Whether requests have the trace's fields. */
  readonly trace: boolean;
  /** Whether requests have a Via field. */
  readonly via: boolean;
}

export function requestFieldsOf(
  { setHeaders, passHeaders, propagateTrace, via }: PolicyUpstream,
  credentials: Credentials,
): RequestFields {
  return {
    set:
      setHeaders &&
      new Map(
        Object.entries(setHeaders).map(([name, { credential, prefix }]) => [
          name,
          () => prefix + credentials.get(credential),
        ]),
      ),
    pass: passHeaders && new Set(passHeaders),
    trace: propagateTrace ?? false,
    via: via ?? true,
  };
}

/**
 * The header fields that are sent to the third party, flat: name, value, ... Names keep their case and repeated fields
 * their order. Host is not among them: it is written from the origin.
 *
 * Via shows that a request has been through this proxy before. If the upstream wants no Via, CDN-Loop (RFC 8586) does.
 *
 * @param rawHeaders as received, flat
 * @param pseudonym of this proxy, for Via and CDN-Loop
 * @param own the upstream's settings; the client's copies of a field that it sets are removed, also if spelt with `_`
 * for `-`
 * @param traced the request has a trace of the proxy's, whose fields take the place of the client's
 * @returns undefined if the request has been through this proxy before
 */
export function requestHeaders(
  rawHeaders: readonly string[],
  pseudonym: string,
  own: RequestFields,
  outward: OutwardReferences,
  traced = false,
): string[] | undefined {
  const { set, pass } = own;
  const passesTrace = own.trace && !traced;
  const listed = listedIn(rawHeaders);
  const headers: string[] = [];
  let via = "";
  let loop = "";
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const field = rawHeaders[i]!;
    const value = rawHeaders[i + 1]!;
    const { canonical: name, staysInside, aboutClient, traceContext } = fieldName(field);
    switch (name) {
      case "via":
        if (value.includes(pseudonym)) return undefined;
        via += `${value}, `;
        continue;
      case "cdn-loop":
        if (value.includes(pseudonym)) return undefined;
        loop += `${value}, `;
        continue;
    }
    if (staysInside && !(aboutClient && pass?.has(name)) && !(traceContext && passesTrace)) continue;
    if (listed?.has(name) || set?.has(name)) continue;
    switch (name) {
      case "origin":
      case "referer":
      case "destination":
        headers.push(field, outward.reference(value));
        break;
      case "if":
        headers.push(field, outward.tagged(value));
        break;
      default:
        headers.push(field, value);
    }
  }
  if (set) for (const [name, value] of set) headers.push(name, value());
  if (own.via) headers.push("Via", `${via}1.1 ${pseudonym}`);
  if (!own.via) headers.push("CDN-Loop", loop + pseudonym);
  else if (loop !== "") headers.push("CDN-Loop", loop.slice(0, -2));
  return headers;
}

/** Names that the Connection fields list: those fields are for this proxy only (RFC 9110 §7.6.1). */
function listedIn(rawHeaders: readonly string[]): ReadonlySet<string> | undefined {
  let listed: Set<string> | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.length !== 10 || rawHeaders[i]!.toLowerCase() !== "connection") continue;
    listed ??= new Set();
    for (const option of connectionOptions(rawHeaders[i + 1]!)) listed.add(option);
  }
  return listed;
}
