import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidPolicyError, parsePolicy } from "../../proxy-image/src/policy/validate";
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

const ENTRY = 'upstreams["api.example.com"]';

describe("the policy's text", () => {
  it("is accepted when it is right", () => {
    assert.equal(mistakes(changed(() => undefined)), "");
    assert.equal(mistakes(JSON.stringify(policyOf({}))), "");
  });

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
