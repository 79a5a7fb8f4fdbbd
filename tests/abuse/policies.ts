import { InvalidPolicyError, parsePolicy } from "../../proxy-image/src/contract/policy/validate";
import { policyOf, upstream } from "../proxy/support/world";
import { type Figure, count } from "./figure";

type Path = (string | number)[];

/** A policy in which every field is present. */
const whole = policyOf({
  "api.example.com": upstream("api-example-com", {
    timeouts: { connect: 1, response: 1, idle: 1, stream: 3_600_000, total: 1 },
    allowedCidrs: ["10.0.0.0/8"],
    allow: [{ clients: [{ namespace: "shop", serviceAccount: "web" }], methods: ["GET"], paths: ["/v1/**"] }],
    setHeaders: { authorization: { credential: "key", prefix: "Bearer " } },
    maxConnections: 1,
    maxRequests: 1,
    maxRequestsPerClient: 1,
    maxBodyBytes: { request: 1, response: 1 },
    retries: { budgetPercent: 20 },
    rateLimit: { requests: 1, period: 1, burst: 1 },
    circuitBreaker: { failures: 1, reset: 1 },
    websockets: { maxAge: 1 },
    encodedSlashes: true,
    passHeaders: ["x-real-ip"],
    via: false,
    hostHeader: "tenant.example.org",
    bodyMethods: ["GET"],
    linksTo: ["cdn.example.com"],
    linkHeaders: ["x-upload-url"],
  }),
  "cdn.example.com": upstream("cdn-example-com"),
});

/** Every place in a document. */
function* places(value: unknown, path: Path = []): Iterable<Path> {
  yield path;
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value))
    yield* places((value as Record<string, unknown>)[key], [...path, key]);
}

/** A copy in which one place has another value, or an unknown neighbour. */
function withValue(path: Path, value: unknown): string {
  const copy = JSON.parse(JSON.stringify({ root: whole })) as Record<string, unknown>;
  let parent = copy;
  const keys: Path = ["root", ...path];
  for (const key of keys.slice(0, -1)) parent = parent[key] as Record<string, unknown>;
  parent[keys.at(-1)!] = value;
  return JSON.stringify(copy.root);
}

const WRONG = [
  null,
  "",
  " ",
  "\u0000",
  -1,
  1.5,
  1e300,
  true,
  [],
  [null],
  {},
  { "": 1 },
  "../../etc/passwd",
  "a\r\nb",
  "*",
  "__proto__",
];
const TEXTS = [
  "",
  " ",
  "{",
  "[]",
  "null",
  "1",
  '"x"',
  "undefined",
  "NaN",
  "{}",
  "\ufeff{}",
  "{]",
  "{'version':1}",
  '{"version":1,}',
  "// x",
  "\0".repeat(10),
  "{".repeat(10_000),
  "[".repeat(10_000),
  `{"version":1,"upstreams":${'{"a":'.repeat(5_000)}`,
];

/** Each is refused, by an error that names a place. */
export function policies(): Promise<Figure> {
  const outcomes: Record<string, number> = { refused: 0, accepted: 0 };
  const violations: string[] = [];
  const original = JSON.stringify(whole);
  const documents = [...TEXTS];
  for (const path of places(whole)) {
    for (const value of WRONG) documents.push(withValue(path, value));
    if (path.length > 0) documents.push(withValue([...path.slice(0, -1), "unknown-field"], 1));
  }
  parsePolicy(original);
  let tried = 0;
  for (const document of documents) {
    if (document === original) continue;
    tried++;
    try {
      parsePolicy(document);
      if (isHarmless(document)) tried--;
      else {
        count(outcomes, "accepted");
        violations.push(`accepted: ${difference(original, document)}`);
      }
    } catch (error) {
      if (error instanceof InvalidPolicyError && error.mistakes.every(({ path, problem }) => path && problem))
        count(outcomes, "refused");
      else violations.push(`no clear error: ${String(error)} for ${document.slice(0, 200)}`);
    }
  }
  return Promise.resolve({ name: "malformed policies", tried, atLeast: 100, outcomes, violations });
}

/** The part of a text that another has not. */
function difference(original: string, changed: string): string {
  let start = 0;
  while (original[start] === changed[start]) start++;
  let end = 0;
  while (original.at(-1 - end) === changed.at(-1 - end) && end < changed.length - start) end++;
  return changed.slice(Math.max(0, start - 100), changed.length - end + 20);
}

/** Some of the values are right in some places: an empty prefix, no private ranges, any token as a method. */
function isHarmless(document: string): boolean {
  const { upstreams } = JSON.parse(document) as typeof whole;
  const entry = upstreams["api.example.com"];
  if (!entry) return Object.keys(upstreams).length === 0;
  if (
    Object.values(upstreams).some(
      ({ allowedCidrs: none, tls: { caCertificates } }) => none.length === 0 && caCertificates === undefined,
    )
  )
    return true;
  const { setHeaders, allowedCidrs, maxBodyBytes, tls, allow, bodyMethods } = entry;
  const methods = [...(bodyMethods ?? []), ...(allow?.[0]?.methods ?? [])];
  const prefix = setHeaders?.authorization?.prefix;
  return (
    (prefix !== undefined && prefix !== "Bearer ") ||
    (setHeaders !== undefined && Object.keys(setHeaders).length === 0) ||
    allowedCidrs.length === 0 ||
    (maxBodyBytes !== undefined && Object.keys(maxBodyBytes).length === 0) ||
    methods.includes("__proto__") ||
    tls.caCertificates === undefined
  );
}
