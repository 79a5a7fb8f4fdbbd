import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EgressProxyArgs } from "../../component/args/egress-proxy";
import type { Upstream } from "../../component/args/upstream";
import { compilePolicy } from "../../component/policy";
import { describeChanges } from "../../component/policy-changes/describe-changes";
import { includesPaths } from "../../component/policy-changes/path-inclusion";
import { policyOfRecord, recordOf } from "../../component/policy-changes/record";
import { settingsOf } from "../../component/settings";
import { EgressProxy } from "../../index";
import { runProgram } from "../harness/monitor";
import { compilePathPattern } from "../../proxy-image/src/contract/policy/path-pattern";

const HOST = "api.stripe.com";
const checkout = { namespace: "shop", serviceAccount: "checkout" };
const web = { namespace: "shop", serviceAccount: "web" };
const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

type Args = Partial<EgressProxyArgs>;

function changes(before: Args, after: Args): string[] {
  const [old, now] = [before, after].map((args) => compilePolicy(settingsOf({ upstreams: [], ...args })));
  return describeChanges(old!, now!);
}

const upstreams = (...all: Upstream[]): Args => ({ upstreams: all });
const rules = (...allow: NonNullable<Upstream["allow"]>) => upstreams({ host: HOST, allow });
const settings = (more: Partial<Upstream>) => upstreams({ host: HOST, ...more });

describe("what a new policy changes", () => {
  it("is nothing where only the order is another", () => {
    const [one, other] = [{ host: "a.example.com" }, { host: "b.example.com" }];
    assert.deepEqual(changes(upstreams(one, other), upstreams(other, one)), []);
    const [charge, read] = [{ methods: ["POST"], paths: ["/v1/charges"] }, { methods: ["GET"] }];
    assert.deepEqual(changes(rules(charge, read), rules(read, charge)), []);
  });

  it("names hosts that are new, with who may call them, and removed ones", () => {
    const allow = [{ clients: [checkout, { namespace: "reports" }] }];
    assert.deepEqual(
      changes(
        upstreams({ host: "old.example.com" }),
        upstreams({ host: HOST, allow }, { host: "open.example.com" }),
      ),
      [
        "removed: old.example.com",
        "api.stripe.com is new, for shop/checkout, reports/*",
        "open.example.com is new, for every client",
      ],
    );
  });

  it("says so of a removed host that a wildcard includes", () => {
    const wildcard = { host: "*.stripe.com", allow: [{ clients: [{ namespace: "many" }] }] };
    const own = { host: HOST, allow: [{ clients: [web] }] };
    assert.deepEqual(changes(upstreams(wildcard, own), upstreams(wildcard)), [
      "removed: api.stripe.com",
      "api.stripe.com may still be called, by *.stripe.com: for many/*",
    ]);
  });

  it("counts hosts beyond five", () => {
    const many = Array.from({ length: 9 }, (_, at) => ({ host: `h${at}.example.com` }));
    assert.deepEqual(changes({}, upstreams(...many)), [
      "new: h0.example.com, h1.example.com, h2.example.com, h3.example.com, h4.example.com and 4 more",
    ]);
  });

  for (const [title, before, after, lines] of [
    [
      "a new path",
      rules({ clients: [checkout], methods: ["POST"], paths: ["/v1/charges"] }),
      rules({ clients: [checkout], methods: ["POST"], paths: ["/v1/charges", "/v1/refunds"] }),
      ["api.stripe.com: POST /v1/refunds is new for shop/checkout"],
    ],
    [
      "a new method, for two clients",
      rules({ clients: [checkout, web], methods: ["GET"], paths: ["/v1/*"] }),
      rules({ clients: [checkout, web], methods: ["GET", "PUT", "POST"], paths: ["/v1/*"] }),
      ["api.stripe.com: POST, PUT /v1/* are new for shop/checkout, shop/web"],
    ],
    [
      "a pattern in place of a path",
      rules({ clients: [checkout], methods: ["POST"], paths: ["/v1/charges"] }),
      rules({ clients: [checkout], methods: ["POST"], paths: ["/v1/**"] }),
      ["api.stripe.com: POST /v1/** is new for shop/checkout"],
    ],
    [
      "a path in place of a pattern",
      rules({ clients: [checkout], methods: ["POST"], paths: ["/v1/**"] }),
      rules({ clients: [checkout], methods: ["POST"], paths: ["/v1/charges"] }),
      ["api.stripe.com: POST /v1/** is only in part allowed for shop/checkout"],
    ],
    [
      "two methods in place of any",
      rules({ clients: [web] }),
      rules({ clients: [web], methods: ["GET"] }, { clients: [web], methods: ["POST"] }),
      ["api.stripe.com: every request is only in part allowed for shop/web"],
    ],
    [
      "a path that is gone",
      rules({ clients: [checkout], paths: ["/v1/a", "/v1/b"] }),
      rules({ clients: [checkout], paths: ["/v1/a"] }),
      ["api.stripe.com: every method of /v1/b is no longer allowed for shop/checkout"],
    ],
    [
      "any method beside a single one",
      rules({ clients: [checkout] }),
      rules(
        { clients: [checkout] },
        { clients: [web], paths: ["/v1/a"] },
        { clients: [web], methods: ["GET"], paths: ["/v1/a"] },
      ),
      ["api.stripe.com: every method of /v1/a is new for shop/web"],
    ],
    [
      "one more of many ranges",
      settings({ allowedCidrs: ["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16"] }),
      settings({
        allowedCidrs: [
          ...["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16"],
          "192.168.0.0/16",
        ],
      }),
      ["api.stripe.com: allowedCidrs + 192.168.0.0/16"],
    ],
    [
      "a whole namespace in place of an account",
      rules({ clients: [checkout] }),
      rules({ clients: [{ namespace: "shop" }] }),
      ["api.stripe.com: every request is new for shop/*"],
    ],
    [
      "a rule that another one includes",
      rules({ clients: [{ namespace: "shop" }], paths: ["/v1/**"] }),
      rules(
        { clients: [{ namespace: "shop" }], paths: ["/v1/**"] },
        { clients: [web], methods: ["GET"], paths: ["/v1/a"] },
      ),
      [],
    ],
    [
      "the first rules",
      settings({}),
      rules({ clients: [checkout] }),
      ["api.stripe.com: rules are new; before, every client could call everything"],
    ],
    [
      "no rules any more",
      rules({ clients: [checkout] }),
      settings({}),
      ["api.stripe.com: its rules are removed: every client may call everything"],
    ],
  ] as const) {
    it(`${title}: ${lines.join(", ") || "nothing"}`, () => assert.deepEqual(changes(before, after), lines));
  }

  it("says only that rules change where comparing them would take long", () => {
    const clients = Array.from({ length: 100 }, (_, at) => ({ namespace: `n${at}` }));
    const paths = Array.from({ length: 100 }, (_, at) => `/v1/p${at}`);
    assert.deepEqual(changes(rules({ clients }), rules({ clients, paths })), [
      "api.stripe.com: its rules change",
    ]);
  });

  it("names limits with their units", () => {
    const before = settings({ timeouts: { response: "60s" }, rateLimit: { requests: 10 } });
    const after = settings({ timeouts: { response: "90s" }, maxBodyBytes: { response: 1_000 } });
    assert.deepEqual(changes(before, after), [
      "api.stripe.com: maxBodyBytes.response none → 1000; rateLimit.burst 10 → none; rateLimit.period 1s → none; rateLimit.requests 10 → none and 1 more",
    ]);
    assert.deepEqual(changes(settings({}), settings({ timeouts: { response: "90s", total: "2h" } })), [
      "api.stripe.com: timeouts.response 1m → 90s; timeouts.total none → 2h",
    ]);
    assert.deepEqual(changes({ limits: { headerFields: 100 } }, {}), ["limits.headerFields 100 → 200"]);
  });

  it("groups hosts with the same change", () => {
    const hosts = ["a.example.com", "b.example.com"];
    const all = (more: Partial<Upstream>) => upstreams(...hosts.map((host) => ({ host, ...more })));
    assert.deepEqual(changes(all({}), all({ maxRequests: 7 })), [
      "a.example.com, b.example.com: maxRequests 1024 → 7",
    ]);
  });

  it("names credentials, and shows neither what precedes them nor certificates", () => {
    const allow = [{ clients: [checkout], methods: ["POST"], paths: ["/v1/charges"] }];
    const before = upstreams({ host: HOST, allow, setHeaders: { authorization: { credential: "stripe" } } });
    const after = upstreams({
      host: HOST,
      allow,
      setHeaders: { authorization: { credential: "stripe-2", prefix: "Basic c2VjcmV0" } },
      tls: { caCertificates: PEM },
    });
    assert.deepEqual(changes(before, after), [
      "api.stripe.com: setHeaders.authorization.credential stripe → stripe-2; setHeaders.authorization.prefix changes; tls.caCertificates is new",
    ]);
  });

  it("names an audit that begins and ends", () => {
    const audit = { audit: { namespaces: ["shop"], until: "2027-02-01" } };
    assert.match(changes({}, audit)[0]!, /^an audit begins: shop may call any public host until 2027-02-0/);
    assert.deepEqual(changes(audit, {}), ["the audit ends: unlisted hosts are denied"]);
  });

  it("has at most twenty lines and a count", () => {
    const many = (path: string) =>
      upstreams(
        ...Array.from({ length: 50 }, (_, at) => ({
          host: `h${at}.example.com`,
          allow: [{ clients: [checkout], methods: ["GET"], paths: [`/${path}`] }],
        })),
      );
    const lines = changes(many("a"), many("b"));
    assert.equal(lines.length, 21);
    assert.equal(lines.at(-1), "and 80 more changes: `pulumi preview --diff` shows all");
  });

  it("compares the largest policies that are allowed, within the time of a test", () => {
    const many = (path: string) =>
      upstreams(
        ...Array.from({ length: 1_000 }, (_, at) => ({
          host: `h${at}.example.com`,
          allow: Array.from({ length: 20 }, (_, rule) => ({
            clients: [checkout, web],
            methods: ["GET", "POST"],
            paths: [`/${path}/${rule}`, `/${path}/${rule}/*`],
          })),
        })),
      );
    const [before, after] = [many("a"), many("b")];
    const lines = changes(before, after);
    assert.equal(lines.length, 21);
  });
});

describe("includesPaths", () => {
  const PATTERNS = ["/", "/a", "/a/", "/a/b", "/*", "/a/*", "/*/b", "/**", "/a/**", "/*/**", "/a/*/", "/*/*"];
  const PATHS = ["/", "/a", "/a/", "/a/b", "/b", "/b/b", "/a/b/", "/a/b/c", "/b/", "/a/c/", "/c/d/e"];

  it("never holds where a path is matched by the narrow pattern only", () => {
    for (const wide of PATTERNS) {
      for (const narrow of PATTERNS) {
        if (!includesPaths(wide, narrow)) continue;
        const [isWide, isNarrow] = [wide, narrow].map(compilePathPattern) as [
          (path: string) => boolean,
          (path: string) => boolean,
        ];
        const beyond = PATHS.filter((path) => isNarrow(path) && !isWide(path));
        assert.deepEqual(beyond, [], `${wide} includes ${narrow}`);
      }
    }
  });

  it("holds for each pattern itself, and for what `**` ends", () => {
    for (const pattern of PATTERNS) assert.ok(includesPaths(pattern, pattern), pattern);
    for (const narrow of ["/a/b", "/a/*", "/a/b/**", "/a/*/c"])
      assert.ok(includesPaths("/a/**", narrow), narrow);
    assert.ok(!includesPaths("/a/*", "/a/**"));
  });
});

describe("the record of a policy in the component's state", () => {
  it("has no certificates, but notices others", () => {
    const record = (pem: string) =>
      recordOf(compilePolicy(settingsOf({ upstreams: [{ host: HOST, tls: { caCertificates: pem } }] })));
    assert.ok(!record(PEM).includes("MIIB"));
    const [before, after] = [record(PEM), record(PEM + PEM)].map(policyOfRecord);
    assert.deepEqual(describeChanges(before!, after!), ["api.stripe.com: tls.caCertificates changes"]);
  });

  it("is the component's only input, also where no engine could call a hook", async () => {
    const { resources } = await runProgram(() => {
      new EgressProxy("egress", {
        upstreams: [{ host: HOST }],
        image: `registry.example.com/egress@sha256:${"0".repeat(64)}`,
      });
    });
    const { inputs } = resources.find(({ type }) => type === "k8s-egress:index:EgressProxy")!;
    assert.deepEqual(Object.keys(inputs), ["policy"]);
    assert.deepEqual(Object.keys(policyOfRecord(inputs.policy)!.upstreams), [HOST]);
  });

  it("is ignored where it is none of this release", () => {
    for (const record of [undefined, {}, "", "[]", "null", '{"version":2,"upstreams":{}}'])
      assert.equal(policyOfRecord(record), undefined, JSON.stringify(record));
  });
});
