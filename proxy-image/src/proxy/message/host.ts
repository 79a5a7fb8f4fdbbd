import { isHostname } from "../../contract/names/names";

const ASCII_NAME = /^[A-Za-z0-9._-]+$/;
const PORT = /^(?:[1-9]\d{0,4})$/;

/**
 * The host of a Host field in its canonical form: lower case, without port and without the final dot.
 *
 * @returns undefined if it is not `host[:port]` (RFC 9110 §7.2) with a DNS name as host; IP literals are not names, and
 * no upstream has one
 */
export function canonicalHost(header: string): string | undefined {
  let host = header;
  const colon = header.indexOf(":");
  if (colon !== -1) {
    const port = header.slice(colon + 1);
    if (!PORT.test(port) || Number(port) > 65_535) return undefined;
    host = header.slice(0, colon);
  }
  if (host.endsWith(".")) host = host.slice(0, -1);
  // Checked before lower-casing, which maps some characters beyond ASCII to ASCII letters: KELVIN SIGN to `k`.
  if (!ASCII_NAME.test(host)) return undefined;
  host = host.toLowerCase();
  return isHostname(host) ? host : undefined;
}
