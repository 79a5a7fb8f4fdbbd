import type { PolicyUpstream } from "../../contract/policy/policy";
import type { Credentials } from "../upstream/credentials";
import { connectionOptions, fieldName } from "../message/header-filter";

/** Fields that the policy sets: name in lower case → value, as it is now. */
export type SetHeaders = ReadonlyMap<string, () => string>;

/** The fields that the policy sets for an upstream; undefined for none. */
export function setHeadersOf(
  { setHeaders }: PolicyUpstream,
  credentials: Credentials,
): SetHeaders | undefined {
  if (!setHeaders) return undefined;
  return new Map(
    Object.entries(setHeaders).map(([name, { credential, prefix }]) => [
      name,
      () => prefix + credentials.get(credential),
    ]),
  );
}

/**
 * The header fields that go to the third party, flat: name, value, ... Names keep their case and repeated fields
 * their order. Host is not among them, it is written from the origin.
 *
 * @param rawHeaders as received, flat
 * @param via pseudonym of this proxy for the Via field
 * @param set what the policy sets; the client's own copies are removed, with `_` for `-` too
 * @returns undefined when the request has been through this proxy before
 */
export function requestHeaders(
  rawHeaders: readonly string[],
  via: string,
  set?: SetHeaders,
): string[] | undefined {
  let listed: Set<string> | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.length === 10 && rawHeaders[i]!.toLowerCase() === "connection") {
      listed ??= new Set();
      for (const option of connectionOptions(rawHeaders[i + 1]!)) listed.add(option);
    }
  }
  const headers: string[] = [];
  let seen = "";
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const field = rawHeaders[i]!;
    const { canonical: name, staysInside } = fieldName(field);
    if (name === "via") {
      if (rawHeaders[i + 1]!.includes(via)) return undefined;
      seen += `${rawHeaders[i + 1]!}, `;
    } else if (!staysInside && !listed?.has(name) && !set?.has(name)) {
      headers.push(field, rawHeaders[i + 1]!);
    }
  }
  if (set) for (const [name, value] of set) headers.push(name, value());
  headers.push("Via", `${seen}1.1 ${via}`);
  return headers;
}
