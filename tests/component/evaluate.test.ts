import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { build } from "esbuild";
import { type Upstream, evaluate } from "../../index";

const checkout = { namespace: "shop", serviceAccount: "checkout" };
const upstreams: Upstream[] = [
  {
    host: "api.stripe.com",
    setHeaders: { authorization: { credential: "stripe", prefix: "Bearer " } },
    tls: { clientCertificate: { certificate: "stripe-cert", privateKey: "stripe-key" } },
    allow: [
      { clients: [{ namespace: "ops" }], methods: ["GET"], paths: ["/v1/**"] },
      { clients: [checkout], methods: ["POST"], paths: ["/v1/charges"] },
    ],
  },
  { host: "*.ingest.sentry.io", websockets: true },
  {
    host: "git.example.com",
    port: 8443,
    encodedSlashes: true,
    allow: [{ clients: [checkout], paths: ["/a"] }],
  },
];
const ask = (method: string, url: string, client: string | undefined = "shop/checkout") =>
  evaluate(upstreams, { ...(client !== "" && { client }), method, url });

describe("evaluate", () => {
  it("names the rule that admits, and the credentials, never a value", () => {
    assert.deepEqual(ask("POST", "https://api.stripe.com/v1/charges?expand=1"), {
      allowed: true,
      upstream: "api.stripe.com",
      rule: { index: 1, ...upstreams[0]!.allow![1] },
      credentials: [
        { field: "authorization", credential: "stripe" },
        { field: "client certificate", credential: "stripe-cert" },
      ],
    });
  });

  it("takes the name in the cluster for the third party's", () => {
    assert.equal(ask("POST", "http://api.stripe.com.egress.local/v1/charges").allowed, true);
    assert.equal(ask("GET", "https://O1.ingest.sentry.io", "any/one").upstream, "*.ingest.sentry.io");
    assert.equal(ask("GET", "wss://o1.ingest.sentry.io/live", "any/one").allowed, true);
  });

  const denied = (method: string, url: string, client?: string) => {
    const verdict = ask(method, url, client);
    assert.ok(!verdict.allowed, JSON.stringify(verdict));
    return verdict;
  };

  it("suggests a rule with this client, method and path alone", () => {
    const refunds = denied("POST", "https://api.stripe.com/v1/refunds");
    assert.equal(refunds.reason, "request-denied");
    assert.match(refunds.message, /shop\/checkout may ask for POST \/v1\/charges/);
    assert.deepEqual(refunds.suggestion, {
      host: "api.stripe.com",
      allow: [{ clients: [checkout], methods: ["POST"], paths: ["/v1/refunds"] }],
    });
    const stranger = denied("GET", "https://api.stripe.com/v1/charges/ch_1", "shop/web");
    assert.equal(stranger.reason, "client-denied");
    assert.deepEqual(stranger.suggestion?.allow[0]?.paths, ["/v1/charges/ch_1"]);
    const unlisted = denied("GET", "http://api.github.com.egress.local/user");
    assert.equal(unlisted.reason, "not-listed");
    assert.equal(unlisted.suggestion?.host, "api.github.com");
  });

  it("suggests a star for a segment that a pattern can't spell, and never reads one as a pattern", () => {
    const paths = (url: string) => denied("GET", url).suggestion?.allow[0]?.paths;
    assert.deepEqual(paths("https://api.stripe.com/v1/%C3%A9/x"), ["/v1/*/x"]);
    assert.deepEqual(paths("https://api.stripe.com/v1/a*/**"), ["/v1/*/*"]);
    assert.deepEqual(paths("https://git.example.com/g%2fp/raw/"), ["/g%2Fp/raw/"]);
    assert.deepEqual(paths("https://git.example.com"), ["/"]);
  });

  for (const [reason, method, url, client] of [
    ["ambiguous-path", "POST", "https://api.stripe.com/v1/x/../charges"],
    ["ambiguous-path", "POST", "https://api.stripe.com/v1\\charges"],
    ["override-denied", "POST", "https://api.stripe.com/v1/charges?_method=DELETE"],
    ["method-rejected", "TRACE", "https://api.stripe.com/v1/charges"],
    ["client-unknown", "POST", "https://api.stripe.com/v1/charges", ""],
    ["upgrade-denied", "GET", "wss://api.stripe.com/v1/charges"],
    ["malformed-target", "GET", "https://api.stripe.com/é"],
    ["not-listed", "GET", "https://web.shop.svc.cluster.local/"],
    ["not-listed", "GET", "https://git.example.com:443/a"],
    ["malformed-host", "GET", "https://user@api.stripe.com/"],
  ] as const) {
    it(`${method} ${url} of ${client ?? "shop/checkout"} is ${reason}, and no rule helps`, () => {
      const verdict = denied(method, url, client);
      assert.equal(verdict.reason, reason);
      assert.equal(verdict.suggestion, undefined);
    });
  }

  it("asks about the port only where the URL has one", () => {
    assert.equal(ask("GET", "https://git.example.com/a").allowed, true);
    assert.equal(ask("GET", "https://git.example.com:8443/a").allowed, true);
    assert.match(
      denied("GET", "https://git.example.com:443/a").message,
      /lists port 8443 of this host, not 443/,
    );
  });

  it("refuses wrong arguments, all at once, each with its path", () => {
    const wrong = { client: "checkout", method: "G T", url: "https://a.example/" };
    assert.throws(
      () => evaluate([{ host: "https://a.example" }], wrong),
      (error: TypeError) =>
        ["upstreams[0].host", "request.client", "request.method"].every((path) =>
          error.message.includes(`${path}: `),
        ),
    );
    assert.throws(() => ask("GET", "ftp://a.example/"), /request\.url: "ftp:.* is no URL of a third party/);
    assert.throws(() => ask("GET", "https://a.example/#x"), /request\.url/);
  });

  it("loads no library that only the image has", async () => {
    const { metafile } = await build({
      entryPoints: ["proxy-image/src/proxy/evaluate/evaluate.ts"],
      bundle: true,
      write: false,
      metafile: true,
      platform: "node",
    });
    assert.deepEqual(
      Object.keys(metafile.inputs).filter((file) => file.includes("node_modules")),
      [],
    );
  });
});
