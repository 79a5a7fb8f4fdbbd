/**
 * Names by which a client tells a framework to act on another method, or on another path, than those of the request
 * line. Names are compared by their letters and digits alone, in lower case: a CGI server makes `_` of every other
 * character of a field's name (Apache's `http2env`), PHP makes `_` of blanks, dots and `[` in a parameter's name, and
 * WSGI and PHP can't tell `-` from `_` in a field's name.
 *
 * | read by | field | parameter |
 * | --- | --- | --- |
 * | Rails (Rack::MethodOverride), Sinatra | X-HTTP-Method-Override | `_method` |
 * | Laravel, Symfony | X-HTTP-Method-Override | `_method`, in the query too |
 * | Spring (HiddenHttpMethodFilter), Grails | X-HTTP-Method-Override | `_method`, in the query too |
 * | Express' method-override | X-HTTP-Method-Override, X-HTTP-Method, X-Method-Override | `_method`, `[_method]` (qs) |
 * | Slim, Mojolicious, Dancer, CGI's REST::Utils | X-HTTP-Method-Override | `_METHOD`, `_method` |
 * | Plack, Catalyst | X-HTTP-Method-Override | `x-tunneled-method` |
 * | Haskell's wai-extra | X-HTTP-Method-Override | `_method_override` |
 * | Play 1 | - | `x-http-method-override=` anywhere in the query |
 * | Restlet (TunnelService), Akka HTTP | X-HTTP-Method-Override | `method` |
 * | Salesforce | - | `_HttpMethod` |
 * | OData, WCF Data Services, SharePoint, Azure | X-HTTP-Method | - |
 * | Google's APIs, ASP.NET Core, Yii, Jersey, JSON:API | X-HTTP-Method-Override | - |
 * | ArangoDB | X-HTTP-Method, X-HTTP-Method-Override, X-Method-Override | - |
 */
const METHOD_NAMES: ReadonlySet<string> = new Set([
  "xhttpmethod",
  "xmethod",
  "xoriginalmethod",
  "xenvoyoriginalmethod",
  "xrequestmethod",
  "xhttpverb",
]);

/**
 * Parts of a name: `X-HTTP-Method-Override`, `_method_override`, `x-tunneled-method`. They are used for nothing else.
 */
const METHOD_PARTS = ["methodoverride", "overridemethod", "verboverride", "tunneledmethod"];

/** Parameters that mean a method if a character precedes the name: `_method`, `.method`, `[_HttpMethod]`. */
const MARKED_METHODS: ReadonlySet<string> = new Set(["method", "httpmethod", "requestmethod", "verb"]);

/** Without such a character it means a method in few frameworks, and other things in many: its value decides. */
const AMBIGUOUS_METHOD = "method";

/** Values that frameworks accept as a method, in upper or lower case (MERGE: OData). */
const METHOD_VALUES: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "MERGE",
]);

/**
 * Symfony, Zend and IIS's URL Rewrite (X-Original-URL, X-Rewrite-URL), Azure App Service (X-WAWS-Unencoded-URL,
 * X-MS-Original-URL), Envoy (X-Envoy-Original-Path), Traefik (X-Replaced-Path), WSGI and Rack behind a prefix
 * (Script-Name, Path-Info), nginx and Apache (X-Accel-Redirect, X-Sendfile), and WebDAV's Destination, the path that
 * COPY and MOVE write to (RFC 4918 §10.3). X-Forwarded-Prefix and similar fields never leave the cluster.
 */
const PATH_NAMES: ReadonlySet<string> = new Set([
  "xoriginalurl",
  "xoriginaluri",
  "xoriginalpath",
  "xoriginalrequesturi",
  "xrewriteurl",
  "xrewriteuri",
  "xrewritepath",
  "xrewrittenurl",
  "xoverrideurl",
  "xoverrideuri",
  "xoverridepath",
  "xurloverride",
  "xpathoverride",
  "xhttppathoverride",
  "xproxyurl",
  "xproxypath",
  "xrequesturi",
  "xrequesturl",
  "xrequestpath",
  "requesturi",
  "requesturl",
  "unencodedurl",
  "xwawsunencodedurl",
  "xmsoriginalurl",
  "xenvoyoriginalpath",
  "xreplacedpath",
  "xscriptname",
  "scriptname",
  "xpathinfo",
  "pathinfo",
  "pathtranslated",
  "xingresspath",
  "xaccelredirect",
  "xsendfile",
  "xlighttpdsendfile",
  "xhttpdestinationurl",
  "destination",
]);

/**
 * Parts of a parameter's name, before or after a colon, that call another method or action: Zope and Plone
 * (`manage_delObjects:method`, `edit:action`), Struts (`action:delete`, `method:delete`, `redirectAction:x`).
 */
const PATH_PARTS: ReadonlySet<string> = new Set([
  "method",
  "defaultmethod",
  "action",
  "defaultaction",
  "redirect",
  "redirectaction",
]);

/** Whether a field of this name makes some framework act on another method or path. */
export function overrideOf(field: string): "method" | "path" | undefined {
  const letters = lettersOf(field);
  if (METHOD_NAMES.has(letters) || METHOD_PARTS.some((part) => letters.includes(part))) return "method";
  return PATH_NAMES.has(letters) ? "path" : undefined;
}

/**
 * Whether a parameter makes some framework act on another method.
 *
 * @param name decoded, lower case, with the characters around it
 * @param method of the request line: naming the same one is no override
 */
export function isMethodParameter(name: string, value: string, method: string): boolean {
  const { marked, bases } = readingsOf(name);
  return bases.some(
    (base) =>
      METHOD_NAMES.has(base) ||
      METHOD_PARTS.some((part) => base.includes(part)) ||
      (marked && MARKED_METHODS.has(base)) ||
      (base === AMBIGUOUS_METHOD && isOtherMethod(value, method)),
  );
}

/** Whether a parameter makes some framework act on another path; `name` as for {@link isMethodParameter}. */
export function isPathParameter(name: string): boolean {
  return name.includes(":") && name.split(":").some((part) => PATH_PARTS.has(lettersOf(part)));
}

function isOtherMethod(value: string, method: string): boolean {
  const meant = lettersOf(value).toUpperCase();
  return meant !== method && METHOD_VALUES.has(meant);
}

/**
 * The ways in which frameworks read a parameter's name: up to a bracket (an array's index) or a colon (Zope's
 * converters), and also up to a dot (`.x` of an image button; `qs` reads an object's member).
 */
function readingsOf(name: string): { marked: boolean; bases: string[] } {
  const start = name.search(/[a-z0-9]/);
  if (start === -1) return { marked: false, bases: [] };
  const rest = name.slice(start);
  const end = rest.search(/[[\]:]/);
  const whole = end === -1 ? rest : rest.slice(0, end);
  const dot = whole.indexOf(".");
  const bases = [lettersOf(whole)];
  if (dot !== -1) bases.push(lettersOf(whole.slice(0, dot)));
  return { marked: start > 0, bases };
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}
