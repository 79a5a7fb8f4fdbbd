import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidPolicyError, parsePolicy } from "../../proxy-image/src/contract/policy/validate";
import { policyOf, upstream } from "./support/world";

type Json = Record<string, unknown>;

/** A valid policy as JSON, changed by `change`. */
function changed(change: (policy: Json, entry: Json) => void): string {
  const policy = JSON.parse(
    JSON.stringify(policyOf({ "api.example.com": upstream("api-example-com") })),
  ) as Json;
  change(policy, (policy.upstreams as Record<string, Json>)["api.example.com"]!);
  return JSON.stringify(policy);
}

function mistakes(source: string): string {
  try {
    parsePolicy(source);
  } catch (error) {
    assert.ok(error instanceof InvalidPolicyError);
    return error.message;
  }
  return "";
}

const KEY = { authorization: { credential: "key", prefix: "Bearer " } };
const NAMED = { clients: [{ namespace: "shop" }], methods: ["GET"], paths: ["/v1/**"] };
const ENTRY = 'upstreams["api.example.com"]';

describe("the policy's text", () => {
  it("is accepted when it is right", () => {
    assert.equal(mistakes(changed(() => undefined)), "");
    assert.equal(mistakes(JSON.stringify(policyOf({}))), "");
    const everything = upstream("api-example-com", {
      timeouts: { connect: 1, response: 1, idle: 1, stream: 3_600_000, total: 1 },
      tls: {
        minVersion: "TLSv1.3",
        serverName: "a.com",
        clientCertificate: { certificate: "crt", key: "key" },
      },
      allowedCidrs: ["10.0.0.0/8", "fd00::/8"],
      allow: [NAMED],
      setHeaders: KEY,
      maxConnections: 1,
      maxRequests: 1,
      maxRequestsPerClient: 1,
      maxBodyBytes: { request: 0, response: 1 },
      retries: { budgetPercent: 20 },
      rateLimit: { requests: 1, period: 1_000, burst: 1 },
      circuitBreaker: { failures: 5, reset: 1_000 },
      websockets: { maxAge: 1_000 },
    });
    assert.equal(mistakes(JSON.stringify(policyOf({ "api.example.com": everything }))), "");
  });

  for (const method of ["LIST", "M-SEARCH", "VERSION-CONTROL", "list", "x!#$%&'*+-.^_`|~9", "L".repeat(64)]) {
    it(`${method} is a method`, () =>
      assert.equal(mistakes(changed((_, u) => (u.allow = [{ methods: [method] }]))), ""));
  }

  const wrong: [string, string, string][] = [
    ["no JSON", "{", "the policy must be JSON: "],
    ["not an object", "[]", "the policy must be an object"],
    ["null", "null", "the policy must be an object"],
    ["another version", changed((p) => (p.version = 2)), "version must be 1; is 2"],
    ["an unknown field", changed((p) => (p.extra = 1)), "extra is unknown; known are version, domain"],
    ["a missing field", changed((p) => delete p.domain), "domain is missing"],
    [
      "a domain in capitals",
      changed((p) => (p.domain = "Egress.local")),
      "domain must be a domain in lower case",
    ],
    ["an unknown field of an upstream", changed((_, u) => (u.tsl = {})), `${ENTRY}.tsl is unknown`],
    ["a port that is none", changed((_, u) => (u.port = 0)), `${ENTRY}.port must be a TCP port`],
    ["a port as text", changed((_, u) => (u.port = "443")), `${ENTRY}.port must be a TCP port`],
    [
      "a timeout of 0",
      changed((_, u) => ((u.timeouts as Json).idle = 0)),
      `${ENTRY}.timeouts.idle must be milliseconds`,
    ],
    [
      "a timeout left out",
      changed((_, u) => delete (u.timeouts as Json).connect),
      `${ENTRY}.timeouts.connect is missing`,
    ],
    [
      "an old TLS version",
      changed((_, u) => ((u.tls as Json).minVersion = "TLSv1.1")),
      `${ENTRY}.tls.minVersion must be "TLSv1.2" or "TLSv1.3"`,
    ],
    [
      "no PEM",
      changed((_, u) => ((u.tls as Json).caCertificates = "x")),
      `${ENTRY}.tls.caCertificates must be one or more certificates as PEM`,
    ],
    [
      "a range without prefix",
      changed((_, u) => (u.allowedCidrs = ["10.0.0.1"])),
      `${ENTRY}.allowedCidrs[0] must be an address range`,
    ],
    [
      "a range too long",
      changed((_, u) => (u.allowedCidrs = ["10.0.0.0/33"])),
      `${ENTRY}.allowedCidrs[0] must be an address range`,
    ],
    [
      "a service that is no name",
      changed((_, u) => (u.service = "A.b")),
      `${ENTRY}.service must be the name of a Service`,
    ],
    [
      "an IP literal as host",
      JSON.stringify(policyOf({ "10.0.0.1": upstream("a") })),
      'upstreams["10.0.0.1"] must be keyed by a host',
    ],
    [
      "a wildcard in the middle",
      JSON.stringify(policyOf({ "a.*.com": upstream("a") })),
      'upstreams["a.*.com"] must be keyed by a host',
    ],
    [
      "everything",
      JSON.stringify(policyOf({ "*": upstream("a") })),
      'upstreams["*"] must be keyed by a host',
    ],
    [
      "one Service twice",
      JSON.stringify(policyOf({ "a.com": upstream("a"), "b.com": upstream("a") })),
      'upstreams["b.com"].service is also the Service of "a.com"',
    ],
    [
      "an own name for a wildcard",
      JSON.stringify(
        policyOf({ "*.a.com": upstream("a", { tls: { minVersion: "TLSv1.2", serverName: "b.com" } }) }),
      ),
      'upstreams["*.a.com"].tls.serverName can\'t be given for a wildcard',
    ],
    [
      "an empty list of rules",
      changed((_, u) => (u.allow = [])),
      `${ENTRY}.allow must have 1 to 1000 entries, has 0`,
    ],
    [
      "a rule's misspelt field",
      changed((_, u) => (u.allow = [{ method: ["GET"] }])),
      `${ENTRY}.allow[0].method is unknown`,
    ],
    [
      "a method in lower case",
      changed((_, u) => (u.allow = [{ methods: ["get"] }])),
      `${ENTRY}.allow[0].methods[0] must be a method in capitals`,
    ],
    ...["TRACE", "CONNECT", "connect", "PRI", "L IST", "LIST:", "", "L\xcfST", "L".repeat(65)].map(
      (method): [string, string, string] => [
        `the method ${JSON.stringify(method)}`,
        changed((_, u) => (u.allow = [{ methods: [method] }])),
        `${ENTRY}.allow[0].methods[0] must be a method in capitals, such as "GET" or "LIST"; methods are ` +
          "case-sensitive, and CONNECT and TRACE are refused for every upstream",
      ],
    ),
    [
      "a path that is not normal",
      changed((_, u) => (u.allow = [{ paths: ["/a/../b"] }])),
      `${ENTRY}.allow[0].paths[0] must be a path in normal form`,
    ],
    [
      "a client without namespace",
      changed((_, u) => (u.allow = [{ clients: [{ serviceAccount: "a" }] }])),
      `${ENTRY}.allow[0].clients[0].namespace is missing`,
    ],
    [
      "a client `*`",
      changed((_, u) => (u.allow = [{ clients: [{ namespace: "shop", serviceAccount: "*" }] }])),
      `${ENTRY}.allow[0].clients[0].serviceAccount must be the name of a service account`,
    ],
    [
      "clients without a mesh",
      changed((p, u) => {
        delete p.mesh;
        u.allow = [{ clients: [{ namespace: "shop" }] }];
      }),
      `${ENTRY}.allow names clients, but without \`mesh\` nobody vouches`,
    ],
    [
      "a trust domain alone",
      changed((p) => (p.mesh = { identitySuffix: "cluster.local" })),
      "mesh.identitySuffix must be what follows",
    ],
    [
      "a key for everybody",
      changed((_, u) => (u.setHeaders = KEY)),
      `${ENTRY}.setHeaders needs an \`allow\` in which every rule names clients, methods and paths`,
    ],
    [
      "a key with a rule for everybody",
      changed((_, u) => {
        u.setHeaders = KEY;
        u.allow = [NAMED, { methods: ["GET"], paths: ["/"] }];
      }),
      `${ENTRY}.setHeaders needs an`,
    ],
    [
      "a key for a wildcard",
      JSON.stringify(policyOf({ "*.a.com": upstream("a", { setHeaders: KEY, allow: [NAMED] }) })),
      'upstreams["*.a.com"].setHeaders can\'t be given for a wildcard',
    ],
    ...[
      "host",
      "content-length",
      "l5d-client-id",
      "x-forwarded-for",
      "Authorization",
      "a_b",
      "a b",
      "transfer-encoding",
    ].map((name): [string, string, string] => [
      `setting ${name}`,
      changed((_, u) => {
        u.setHeaders = { [name]: KEY.authorization };
        u.allow = [NAMED];
      }),
      `${ENTRY}.setHeaders["${name}"] must be keyed by a header field`,
    ]),
    [
      "a prefix with a line feed",
      changed((_, u) => {
        u.setHeaders = { authorization: { credential: "a", prefix: "a\nb" } };
        u.allow = [NAMED];
      }),
      `${ENTRY}.setHeaders["authorization"].prefix must be printable ASCII`,
    ],
    [
      "a credential outside its folder",
      changed((_, u) => {
        u.setHeaders = { authorization: { credential: "../a", prefix: "" } };
        u.allow = [NAMED];
      }),
      `${ENTRY}.setHeaders["authorization"].credential must be the name of a credential`,
    ],
    [
      "a value instead of a credential",
      changed((_, u) => {
        u.setHeaders = { authorization: { value: "a", prefix: "" } };
        u.allow = [NAMED];
      }),
      `${ENTRY}.setHeaders["authorization"].value is unknown`,
    ],
    [
      "no room at all",
      changed((_, u) => (u.maxRequests = 0)),
      `${ENTRY}.maxRequests must be a number of requests`,
    ],
    [
      "half a rate",
      changed((_, u) => (u.rateLimit = { requests: 1, period: 1_000 })),
      `${ENTRY}.rateLimit.burst is missing`,
    ],
    [
      "a budget beyond all requests",
      changed((_, u) => (u.retries = { budgetPercent: 101 })),
      `${ENTRY}.retries.budgetPercent must be percent`,
    ],
    [
      "a breaker that never opens",
      changed((_, u) => (u.circuitBreaker = { failures: 0, reset: 1 })),
      `${ENTRY}.circuitBreaker.failures must be`,
    ],
    [
      "websockets as a switch",
      changed((_, u) => (u.websockets = true)),
      `${ENTRY}.websockets must be an object; is true`,
    ],
    [
      "a body limit below nothing",
      changed((_, u) => (u.maxBodyBytes = { request: -1 })),
      `${ENTRY}.maxBodyBytes.request must be bytes`,
    ],
  ];
  for (const [name, source, message] of wrong) {
    it(`${name} is refused, with its path`, () =>
      assert.ok(mistakes(source).includes(message), mistakes(source)));
  }

  it("all mistakes are told at once", () => {
    const found = mistakes(
      changed((p, u) => {
        p.version = 3;
        u.port = -1;
        delete u.service;
      }),
    ).split("\n");
    assert.equal(found.length, 4, "a line for each, after the headline");
  });
});
