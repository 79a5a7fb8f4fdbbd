import { lines, sendRaw } from "../proxy/support/raw-client";
import { clientField, startWorld, upstream } from "../proxy/support/world";
import { type Figure, count, each } from "./figure";

/** Ways to write `/` or `..` that some server decodes, after which `/v1/public/…/admin` is something else. */
const SLASHES = [
  "/",
  "//",
  "/./",
  "%2f",
  "%2F",
  "%252f",
  "%25252f",
  "\\",
  "%5c",
  "%5C",
  "%255c",
  "/;/",
  "/;a=b/",
  "%3b/",
  "%c0%af",
  "%e0%80%af",
  "%ef%bc%8f",
  "%e2%81%84",
  "%e2%88%95",
  "%u2215",
  "%u002f",
  "/%00/",
  "/%09/",
  "/%20../",
  "/%0d%0a/",
  "\t",
];
const PARENTS = [
  "..",
  "%2e%2e",
  "%2E%2E",
  ".%2e",
  "%2e.",
  "%252e%252e",
  "..;",
  "..;a=b",
  "..%00",
  "..%20",
  "%c0%ae%c0%ae",
  "%e0%80%ae%e0%80%ae",
  "%ef%bc%8e%ef%bc%8e",
  "%e2%80%a4%e2%80%a4",
  "%u002e%u002e",
  "..+",
  "..%3F",
  "...",
  ".%E2%80%8B.",
  "%25u002e%25u002e",
  "..%09",
];

const OVERRIDES = [
  "X-HTTP-Method-Override: DELETE",
  "X-HTTP-Method: DELETE",
  "X-Method-Override: DELETE",
  "X_HTTP_METHOD_OVERRIDE: DELETE",
  "x-http_method-override: DELETE",
  "X-Original-URL: /admin",
  "X-Rewrite-URL: /admin",
  "X_Original_URL: /admin",
  "X-Override-URL: /admin",
  "X-Original-URI: /admin",
];

/** What third parties do with a path before they look it up, one after the other. */
function readings(target: string): string[] {
  const path = target.split("?")[0]!;
  const forms = new Set([path]);
  for (let round = 0; round < 3; round++) {
    for (const form of [...forms]) {
      forms.add(form.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))));
      forms.add(
        form.replace(/%u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
      );
      forms.add(form.replaceAll("\\", "/"));
      forms.add(form.replace(/;[^/]*/g, ""));
      forms.add(form.normalize("NFKC"));
      try {
        forms.add(decodeURIComponent(form).normalize("NFKC"));
      } catch {
        // not a form that decodes
      }
    }
  }
  return [...forms].map((form) => {
    const out: string[] = [];
    for (const segment of form.split(/\/+/)) {
      if (segment === "..") out.pop();
      else if (segment !== "" && segment !== ".") out.push(segment);
    }
    return `/${out.join("/")}`;
  });
}

/** A client that may GET `/v1/public/**` reaches nothing that any server could read as something else. */
export async function bypass(): Promise<Figure> {
  const world = await startWorld({
    "api.example.com": upstream("api-example-com", {
      allow: [{ clients: [{ namespace: "shop" }], methods: ["GET"], paths: ["/v1/public/**"] }],
    }),
  });
  const through: string[] = [];
  await world.internet.https(["api.example.com"], (req, res) => {
    through.push(`${req.method} ${req.url}`);
    res.end();
  });
  const identity = `l5d-client-id: ${clientField("shop/web")["l5d-client-id"]!}`;
  const cases: [string, string[]][] = [];
  for (const slash of SLASHES) {
    for (const parent of PARENTS) cases.push([`GET /v1/public${slash}${parent}${slash}admin`, []]);
    cases.push(
      [`GET ${slash}v1/public/a`, []],
      [`GET /v1${slash}admin`, []],
      [`GET /v1/public${slash}${slash}admin`, []],
    );
  }
  for (const override of OVERRIDES)
    cases.push(
      ["GET /v1/public/a", [override]],
      ["GET /v1/public/a", ["Connection: " + override.split(":")[0]!, override]],
    );
  for (const query of [
    "_method=DELETE",
    "%5fmethod=DELETE",
    "_METHOD=DELETE",
    "a&_method=DELETE",
    "_method[]=DELETE",
    "_method",
  ])
    cases.push([`GET /v1/public/a?${query}`, []]);
  for (const method of [
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "HEAD",
    "OPTIONS",
    "PROPFIND",
    "TRACE",
    "GETX",
    "get",
  ])
    cases.push([`${method} /v1/public/a`, []]);
  const outcomes: Record<string, number> = { refused: 0, "unambiguous and allowed": 0, through: 0 };
  const violations: string[] = [];
  await each(cases, 1, async ([request, more]) => {
    through.length = 0;
    await sendRaw(
      world.port,
      Buffer.from(
        lines(
          `${request} HTTP/1.1`,
          "Host: api.example.com.egress.local",
          identity,
          "Connection: close",
          ...more,
        ),
        "latin1",
      ),
      500,
    );
    const [reached] = through;
    if (reached === undefined) count(outcomes, "refused");
    else if (
      reached.startsWith("GET ") &&
      more.length === 0 &&
      readings(reached.slice(4)).every((path) => path.startsWith("/v1/public/"))
    ) {
      count(outcomes, "unambiguous and allowed");
    } else {
      count(outcomes, "through");
      violations.push(`${request} ${more.join()} → ${reached}`);
    }
  });
  await world.close();
  return { name: "path and override bypasses", tried: cases.length, atLeast: 200, outcomes, violations };
}
