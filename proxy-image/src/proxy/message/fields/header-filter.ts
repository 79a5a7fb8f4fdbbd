import { tellsAboutClient } from "../../../contract/names/header-fields";
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

/** Rewritten by the proxy, or handled by it. */
const OWN_REQUEST = ["host", "expect", "content-length"];

/**
 * About the third party's own origin, which is not the one that clients see: Alt-Svc would lead around the
 * proxy, HSTS would turn the plain name in the cluster into https.
 */
const OWN_ORIGIN = ["alt-svc", "strict-transport-security", "public-key-pins"];

const REQUEST = new Set([...HOP_BY_HOP, ...OWN_REQUEST]);
const RESPONSE = new Set([...HOP_BY_HOP, ...OWN_ORIGIN]);

/** How a response field leads somewhere. */
export type LinkForm = "reference" | "refresh" | "link" | "challenge";

/**
 * Response fields that lead somewhere: RFC 9110 §10.2.2 and §8.7, RFC 8288, the URL under which Azure tells how a long
 * operation goes, and Google's of an upload. A challenge may name the server that gives tokens (Docker registries' realm,
 * RFC 9728's resource_metadata).
 */
const LINKS: ReadonlyMap<string, LinkForm> = new Map<string, LinkForm>([
  ["location", "reference"],
  ["content-location", "reference"],
  ["operation-location", "reference"],
  ["azure-asyncoperation", "reference"],
  ["x-goog-upload-url", "reference"],
  ["x-goog-upload-control-url", "reference"],
  ["refresh", "refresh"],
  ["link", "link"],
  ["www-authenticate", "challenge"],
]);

/** What is known of a field by its name. */
export interface FieldName {
  /** Lower case, `_` as `-`. */
  readonly canonical: string;
  /** In a request it stays inside the cluster. */
  readonly staysInside: boolean;
  /** In a response it stays outside. */
  readonly staysOutside: boolean;
  /** In a request it tells about the client, and goes out only where `passHeaders` names it. */
  readonly aboutClient: boolean;
  /** In a response it leads somewhere. */
  readonly link: LinkForm | undefined;
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
  const aboutClient = tellsAboutClient(canonical);
  const internal = aboutClient || canonical.startsWith("l5d-");
  const field = {
    canonical,
    staysInside: internal || REQUEST.has(canonical),
    staysOutside: internal || RESPONSE.has(canonical),
    aboutClient,
    link: LINKS.get(canonical),
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
