/** Characters of a method. The longest registered one, UPDATEREDIRECTREF, has 17; RFC 9110 §9.1 sets no limit. */
export const MOST_METHOD_LENGTH = 64;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Methods that are never forwarded. A CONNECT tunnel would escape the policy. TRACE would echo the credentials that the
 * policy sets. PRI is reserved for HTTP/2's connection preface (RFC 9113 §3.4).
 */
const NEVER_FORWARDED: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "PRI"]);

/** Methods that are almost always meant if their name is written in other letter case. */
const COMMON: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** What a rule's method must be, for messages. */
export const METHOD_MEANING =
  'a method in capitals, such as "GET" or "LIST"; methods are case-sensitive, and CONNECT and TRACE are refused ' +
  "for every upstream; for any other method leave the list out";

/** Whether a text is a token (RFC 9110 §5.6.2): a header field's name or a method. */
export function isToken(value: string): boolean {
  return TOKEN.test(value);
}

/**
 * Whether the proxy never forwards a method, in upper or lower case: methods are case-sensitive (RFC 9110 §9.1), but a
 * third party may ignore that.
 */
export function isNeverForwarded(method: string): boolean {
  // Compare the lengths first: upper-casing every request's method would cost an allocation.
  const { length } = method;
  return (length === 3 || length === 5 || length === 7) && NEVER_FORWARDED.has(method.toUpperCase());
}

/**
 * Whether a text may be a method in a rule: any token that the proxy forwards (RFC 9110 §9.1), except `get` and `*`,
 * which would not admit what their author meant.
 */
export function isMethod(value: string): boolean {
  if (value === "*") return false;
  if (value.length > MOST_METHOD_LENGTH || !isToken(value) || isNeverForwarded(value)) return false;
  return COMMON.has(value) || !COMMON.has(value.toUpperCase());
}
