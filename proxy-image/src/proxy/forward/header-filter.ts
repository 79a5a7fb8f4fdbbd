/**
 * Which header fields cross the border. Names are compared in lower case and with `_` read as `-`: many a
 * server (CGI, WSGI, PHP) can't tell the two apart, so a filter that does can be walked around.
 */

/** Meant for the next hop only (RFC 9110 §7.6.1), in both directions. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-authentication-info",
];

/** Where the caller is, or claims to be: never leaves the cluster, nor comes in from outside. */
const ABOUT_CALLERS = ["forwarded", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "x-original-host"];

/** Rewritten by the proxy, or answered by it. */
const OWN_REQUEST = ["host", "expect", "content-length"];

/**
 * About the third party's own origin, which is not the one that callers see: Alt-Svc would lead around the
 * proxy, HSTS would turn the plain name in the cluster into https.
 */
const OWN_ORIGIN = ["alt-svc", "strict-transport-security", "public-key-pins"];

const REQUEST = new Set([...HOP_BY_HOP, ...ABOUT_CALLERS, ...OWN_REQUEST]);
const RESPONSE = new Set([...HOP_BY_HOP, ...ABOUT_CALLERS, ...OWN_ORIGIN]);

/**
 * Whether a request header field stays inside the cluster.
 *
 * @param name canonical, as {@link canonicalField} gives it
 */
export function staysInside(name: string): boolean {
  return REQUEST.has(name) || isInternal(name);
}

/**
 * Whether a response header field stays outside.
 *
 * @param name canonical, as {@link canonicalField} gives it
 */
export function staysOutside(name: string): boolean {
  return RESPONSE.has(name) || isInternal(name);
}

/** Lower case, `_` as `-`. */
export function canonicalField(name: string): string {
  const lower = name.toLowerCase();
  return lower.includes("_") ? lower.replaceAll("_", "-") : lower;
}

/** The names that a Connection field lists, canonical. */
export function connectionOptions(value: string): string[] {
  return value.split(",").map((option) => canonicalField(option.trim()));
}

/** Linkerd's own fields, and what proxies say about callers. */
function isInternal(name: string): boolean {
  const first = name.charCodeAt(0);
  if (first === 0x6c) return name.startsWith("l5d-");
  return first === 0x78 && name.startsWith("x-forwarded");
}
