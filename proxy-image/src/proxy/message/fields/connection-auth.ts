/**
 * Schemes that authenticate a connection, not a request: later requests on it are served under the same name (RFC 4559
 * §6, MS-NTHT). Kerberos and Nego2 are variants of Negotiate in Windows.
 */
const SCHEMES: ReadonlySet<string> = new Set(["ntlm", "negotiate", "kerberos", "nego2"]);

/**
 * Whether a field's value names such a scheme.
 *
 * @param value of Authorization, or of WWW-Authenticate, which is a list (RFC 9110 §11.6.1)
 */
export function namesConnectionScheme(value: string): boolean {
  for (const part of value.split(",")) {
    const challenge = part.trim();
    const end = challenge.search(/[\t ]/);
    const scheme = end === -1 ? challenge : challenge.slice(0, end);
    if (SCHEMES.has(scheme.toLowerCase())) return true;
  }
  return false;
}

/**
 * Whether a request authenticates its connection.
 *
 * @param fields flat: name, value, ...
 */
export function signsOn(fields: readonly string[]): boolean {
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!;
    if (name.length === 13 && name.toLowerCase() === "authorization" && namesConnectionScheme(fields[i + 1]!))
      return true;
  }
  return false;
}
