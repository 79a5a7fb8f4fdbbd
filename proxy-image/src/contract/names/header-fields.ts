import { isToken } from "./method";

/** Fields that the proxy itself writes or removes: setting one would break framing, routing, identity or traces. */
const NOT_SETTABLE =
  /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|via|forwarded|keep-alive|proxy-.*|x-forwarded-.*|l5d-.*|sec-websocket-.*|traceparent|tracestate)$/;

/**
 * Request fields that say where a client is, or claims to be. They are not sent to the third party, unless an
 * upstream's `passHeaders` names them. The same holds for all names that begin with `x-forwarded`.
 */
export const ABOUT_CLIENTS: ReadonlySet<string> = new Set([
  "forwarded",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-original-host",
  // W3C Baggage: what services of the cluster tell each other about a request.
  "baggage",
]);

/** What an entry of `passHeaders` must be, for messages. */
export const PASSABLE =
  'a request field in lower case that the proxy otherwise keeps inside, such as "x-forwarded-for" or "x-real-ip"';

/** What an entry of `linkHeaders` must be, for messages. */
export const LINK_HEADER =
  'a response field in lower case that holds one URL and that the proxy does not read, such as "x-upload-url"';

/** Response fields that the proxy reads, writes or removes by other rules. */
const NOT_A_LINK =
  /^(?:connection|keep-alive|content-.*|transfer-encoding|te|trailer|upgrade|date|via|set-cookie|location|link|refresh|www-authenticate|alt-svc|strict-transport-security|proxy-.*|l5d-.*|sec-websocket-.*)$/;

/** Whether a policy may set a header field: a token in lower case that is not one of the proxy's own fields. */
export function isSettable(name: string): boolean {
  return isFieldName(name) && !NOT_SETTABLE.test(name);
}

/** Whether a request field is held back because it is about the client, and may be passed on. */
export function isPassable(name: string): boolean {
  return isFieldName(name) && tellsAboutClient(name);
}

/** @param name in lower case, with `-` for `_` */
export function tellsAboutClient(name: string): boolean {
  return ABOUT_CLIENTS.has(name) || name.startsWith("x-forwarded");
}

/** Whether a response field may be declared to hold one reference. */
export function isLinkHeader(name: string): boolean {
  return isFieldName(name) && !NOT_A_LINK.test(name) && !tellsAboutClient(name);
}

/** Whether a text may precede a credential in a header field. */
export function isHeaderText(value: string): boolean {
  return value.length <= 200 && /^[\x20-\x7e]*$/.test(value);
}

/** A token with a letter or digit, in lower case and without `_`, which many servers do not distinguish from `-`. */
function isFieldName(name: string): boolean {
  return isToken(name) && /[a-z0-9]/.test(name) && name === name.toLowerCase() && !name.includes("_");
}
