import { canonicalField } from "../message/header-filter";
import { queryNames } from "./query-names";

/**
 * Header fields by which a third party may act on another method than the one that was decided on:
 * X-HTTP-Method-Override (Rails, Laravel, Symfony, Google APIs, ASP.NET Web API), X-HTTP-Method (WCF, OData, SharePoint,
 * Azure), X-Method-Override (Express' method-override, IBM), and relatives.
 */
const METHOD_FIELDS = new Set([
  "x-http-method-override",
  "x-http-method",
  "x-method-override",
  "x-method",
  "x-override-method",
  "http-method-override",
  "x-rest-method",
  "x-tunneled-method",
]);

/**
 * Query parameters that do the same, as `queryNames` writes them: _method (Rails, Laravel, Symfony, Spring's
 * HiddenHttpMethodFilter, Express' method-override), _HttpMethod (Salesforce), $httpMethod (Google), and the fields'
 * names, which method-override and ASP.NET handlers take from the query too.
 */
const METHOD_PARAMETERS = new Set([
  "_method",
  "_httpmethod",
  "_http_method",
  "$httpmethod",
  ...[...METHOD_FIELDS].map((name) => name.replaceAll("-", "_")),
]);

/** Header fields by which a third party may act on another path. */
const PATH_FIELDS = new Set([
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

/**
 * Whether a request says in a header field or in its query that it means another method. What its body says is not
 * looked at: a proxy that reads bodies would have to understand all of them.
 */
export function overridesMethod(rawHeaders: readonly string[], target: string): boolean {
  if (hasField(rawHeaders, METHOD_FIELDS)) return true;
  for (const name of queryNames(target)) if (METHOD_PARAMETERS.has(name)) return true;
  return false;
}

/** Whether a request says in a header field that it means another path. */
export function overridesPath(rawHeaders: readonly string[]): boolean {
  return hasField(rawHeaders, PATH_FIELDS);
}

function hasField(rawHeaders: readonly string[], names: ReadonlySet<string>): boolean {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (names.has(canonicalField(rawHeaders[i]!))) return true;
  }
  return false;
}
