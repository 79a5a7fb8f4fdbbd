import { isToken } from "./method";

/** What the proxy itself writes or removes: setting it would break framing, routing or identity. */
const NOT_SETTABLE =
  /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|via|forwarded|keep-alive|proxy-.*|x-forwarded-.*|l5d-.*|sec-websocket-.*)$/;

/**
 * Request fields that say where a client is, or claims to be. They stay inside the cluster, unless an upstream's
 * `passHeaders` names them. So do all that begin with `x-forwarded`.
 */
export const ABOUT_CLIENTS: ReadonlySet<string> = new Set([
  "forwarded",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-original-host",
]);

/** What a text for `passHeaders` must be, for messages. */
export const PASSABLE =
  'a request field in lower case that the proxy otherwise keeps inside, such as "x-forwarded-for" or "x-real-ip"';

/** What a text for `linkHeaders` must be, for messages. */
export const LINK_HEADER =
  'a response field in lower case that holds one URL and that the proxy does not read, such as "x-upload-url"';

/** Response fields that the proxy reads, writes or removes by rules of their own. */
const NOT_A_LINK =
  /^(?:connection|keep-alive|content-.*|transfer-encoding|te|trailer|upgrade|date|via|set-cookie|location|link|refresh|www-authenticate|alt-svc|strict-transport-security|proxy-.*|l5d-.*|sec-websocket-.*)$/;

/** Whether a header field may be set by a policy: a token in lower case that is not the proxy's own. */
export function isSettable(name: string): boolean {
  return isFieldName(name) && !NOT_SETTABLE.test(name);
}

/** Whether a request field stays inside the cluster for what it tells about the client, and may be let out. */
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

/** Whether a text can stand before a credential in a header field. */
export function isHeaderText(value: string): boolean {
  return value.length <= 200 && /^[\x20-\x7e]*$/.test(value);
}

/** A token with a letter or digit, in lower case and without `_`, which many servers can't tell from `-`. */
function isFieldName(name: string): boolean {
  return isToken(name) && /[a-z0-9]/.test(name) && name === name.toLowerCase() && !name.includes("_");
}
