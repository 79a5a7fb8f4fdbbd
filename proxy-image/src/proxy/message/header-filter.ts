import { overrideOf } from "./override-names";

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

/** Where the client is, or claims to be: never leaves the cluster, nor comes in from outside. */
const ABOUT_CLIENTS = ["forwarded", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "x-original-host"];

/** Rewritten by the proxy, or handled by it. */
const OWN_REQUEST = ["host", "expect", "content-length"];

/**
 * About the third party's own origin, which is not the one that clients see: Alt-Svc would lead around the
 * proxy, HSTS would turn the plain name in the cluster into https.
 */
const OWN_ORIGIN = ["alt-svc", "strict-transport-security", "public-key-pins"];

const REQUEST = new Set([...HOP_BY_HOP, ...ABOUT_CLIENTS, ...OWN_REQUEST]);
const RESPONSE = new Set([...HOP_BY_HOP, ...ABOUT_CLIENTS, ...OWN_ORIGIN]);

/** What is known of a field by its name. */
export interface FieldName {
  /** Lower case, `_` as `-`. */
  readonly canonical: string;
  /** In a request it stays inside the cluster. */
  readonly staysInside: boolean;
  /** In a response it stays outside. */
  readonly staysOutside: boolean;
  /** In a request it means another method or path than the request line's. */
  readonly overrides: ReturnType<typeof overrideOf>;
}

/** Names that are kept: far more than applications and third parties use, and few enough for whoever invents some. */
const MOST_KEPT = 2_000;
/** What a name that is kept looks like. */
const KEEPABLE = /^[\x21-\x7e]{1,64}$/;
const kept = new Map<string, FieldName>();

/** A field's name as it came. Kept, because every name of every message is asked for several times. */
export function fieldName(name: string): FieldName {
  const known = kept.get(name);
  if (known) return known;
  const lower = name.toLowerCase();
  const canonical = lower.includes("_") ? lower.replaceAll("_", "-") : lower;
  const internal = isInternal(canonical);
  const field = {
    canonical,
    staysInside: REQUEST.has(canonical) || internal,
    staysOutside: RESPONSE.has(canonical) || internal,
    overrides: overrideOf(canonical),
  };
  if (kept.size < MOST_KEPT && KEEPABLE.test(name)) kept.set(ownCopy(name), field);
  return field;
}

/** A part of a text holds on to all of it. */
function ownCopy(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}

/** Lower case, `_` as `-`. */
export function canonicalField(name: string): string {
  return fieldName(name).canonical;
}

/** The names that a Connection field lists, canonical. */
export function connectionOptions(value: string): string[] {
  return value.split(",").map((option) => canonicalField(option.trim()));
}

/** Linkerd's own fields, and what proxies say about clients. */
function isInternal(name: string): boolean {
  const first = name.charCodeAt(0);
  if (first === 0x6c) return name.startsWith("l5d-");
  return first === 0x78 && name.startsWith("x-forwarded");
}
