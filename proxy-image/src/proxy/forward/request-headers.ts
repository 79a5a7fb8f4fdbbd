import { canonicalField, connectionOptions, staysInside } from "./header-filter";

/**
 * The header fields that go to the third party, flat: name, value, … Names keep their case and repeated fields
 * their order. Host is not among them, undici writes it from the origin.
 *
 * @param rawHeaders as received, flat
 * @param via pseudonym of this proxy for the Via field
 * @returns undefined when the request has been through this proxy before
 */
export function requestHeaders(rawHeaders: readonly string[], via: string): string[] | undefined {
  let listed: string[] | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.length === 10 && rawHeaders[i]!.toLowerCase() === "connection") {
      const options = connectionOptions(rawHeaders[i + 1]!);
      listed = listed ? listed.concat(options) : options;
    }
  }
  const headers: string[] = [];
  let seen = "";
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const field = rawHeaders[i]!;
    const name = canonicalField(field);
    if (name === "via") {
      if (rawHeaders[i + 1]!.includes(via)) return undefined;
      seen += `${rawHeaders[i + 1]!}, `;
    } else if (!staysInside(name) && !listed?.includes(name)) {
      headers.push(field, rawHeaders[i + 1]!);
    }
  }
  headers.push("Via", `${seen}1.1 ${via}`);
  return headers;
}
