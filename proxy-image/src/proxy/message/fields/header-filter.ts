import { ownCopy } from "../own-copy";
import { tellsAboutClient } from "../../../contract/names/header-fields";
import { overrideOf } from "./override-names";

/**
 * Decides which header fields are passed on. Names are compared in lower case and with `_` read as `-`: many servers
 * (CGI, WSGI, PHP) do not distinguish the two, so a filter that does could be bypassed.
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

/** W3C Trace Context: it tells a third party which requests belong together. */
const TRACE_CONTEXT = new Set(["traceparent", "tracestate"]);

/** Rewritten or handled by the proxy. */
const OWN_REQUEST = ["host", "expect", "content-length"];

/**
 * About the third party's own origin, which differs from the one that clients see: Alt-Svc would lead clients around
 * the proxy, and HSTS would turn the plain name in the cluster into https.
 */
const OWN_ORIGIN = ["alt-svc", "strict-transport-security", "public-key-pins"];

const REQUEST = new Set([...HOP_BY_HOP, ...OWN_REQUEST]);
const RESPONSE = new Set([...HOP_BY_HOP, ...OWN_ORIGIN]);

/** The syntax of a response field that leads to a URL. */
export type LinkForm = "reference" | "refresh" | "link" | "challenge";

/**
 * Response fields that lead to a URL: RFC 9110 §10.2.2 and §8.7, RFC 8288, Azure's URL for the state of a long
 * operation, and Google's URL of an upload. A challenge may name the server that issues tokens (Docker registries'
 * realm, RFC 9728's resource_metadata).
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

/** The properties of a field that follow from its name. */
export interface FieldName {
  /** Lower case, `_` as `-`. */
  readonly canonical: string;
  /** In a request it is not sent to the third party. */
  readonly staysInside: boolean;
  /** W3C Trace Context: in a request it is sent only where the upstream says so. */
  readonly traceContext: boolean;
  /** In a response it is not sent to the client. */
  readonly staysOutside: boolean;
  /** In a request it is about the client, and is sent only if `passHeaders` names it. */
  readonly aboutClient: boolean;
  /** In a response it leads to a URL. */
  readonly link: LinkForm | undefined;
  /** In a request it makes some framework act on another method or path. */
  readonly overrides: ReturnType<typeof overrideOf>;
}

/** Cached names: many more than applications and third parties use, and few enough if a client invents names. */
const MOST_KEPT = 2_000;
/** Names that may be cached. */
const KEEPABLE = /^[\x21-\x7e]{1,64}$/;
const kept = new Map<string, FieldName>();

/** Properties of a field name as received. Cached, because every name of every message is looked up several times. */
export function fieldName(name: string): FieldName {
  const known = kept.get(name);
  if (known) return known;
  const lower = name.toLowerCase();
  const canonical = lower.includes("_") ? lower.replaceAll("_", "-") : lower;
  const aboutClient = tellsAboutClient(canonical);
  const internal = aboutClient || canonical.startsWith("l5d-");
  const field = {
    canonical,
    staysInside: internal || REQUEST.has(canonical) || TRACE_CONTEXT.has(canonical),
    traceContext: TRACE_CONTEXT.has(canonical),
    staysOutside: internal || RESPONSE.has(canonical),
    aboutClient,
    link: LINKS.get(canonical),
    overrides: overrideOf(canonical),
  };
  if (kept.size < MOST_KEPT && KEEPABLE.test(name)) kept.set(ownCopy(name), field);
  return field;
}

/** Lower case, `_` as `-`. */
export function canonicalField(name: string): string {
  return fieldName(name).canonical;
}

/** The names that a Connection field lists, canonical. */
export function connectionOptions(value: string): string[] {
  return value.split(",").map((option) => canonicalField(option.trim()));
}
