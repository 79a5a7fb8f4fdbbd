import { canonicalField } from "../message/header-filter";

/** With these a third party may act on another method than the one that was decided on. */
const METHOD_OVERRIDES = new Set([
  "x-http-method-override",
  "x-http-method",
  "x-method-override",
  "x-method",
  "x-override-method",
  "http-method-override",
]);

/** With these it may act on another path. */
const PATH_OVERRIDES = new Set([
  "x-original-url",
  "x-original-uri",
  "x-original-path",
  "x-rewrite-url",
  "x-rewrite-uri",
  "x-override-url",
  "x-proxy-url",
  "x-request-uri",
  "request-uri",
  "x-envoy-original-path",
  "x-http-path-override",
  "x-http-destinationurl",
  "x-accel-redirect",
  "x-sendfile",
]);

/** Whether a request says in a header field or in its query that it means another method. */
export function overridesMethod(rawHeaders: readonly string[], target: string): boolean {
  return hasField(rawHeaders, METHOD_OVERRIDES) || queryNames(target, "_method");
}

/** Whether a request says in a header field that it means another path. */
export function overridesPath(rawHeaders: readonly string[]): boolean {
  return hasField(rawHeaders, PATH_OVERRIDES);
}

function hasField(rawHeaders: readonly string[], names: ReadonlySet<string>): boolean {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (names.has(canonicalField(rawHeaders[i]!))) return true;
  }
  return false;
}

/** Frameworks (Symfony, Laravel) read it from the query of a POST, escaped or not. */
function queryNames(target: string, name: string): boolean {
  const query = target.indexOf("?");
  if (query === -1) return false;
  for (const key of new URLSearchParams(target.slice(query)).keys()) {
    if (key.trim().toLowerCase().replace(/\[.*$/, "") === name) return true;
  }
  return false;
}
