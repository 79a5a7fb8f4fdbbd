import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isDay, isInstant } from "../../proxy-image/src/contract/policy/instant";
import { isPublicName } from "../../proxy-image/src/contract/names/public-name";
import { InvalidPolicyError, parsePolicy } from "../../proxy-image/src/contract/policy/validate";
import { policyOf, upstream } from "./support/world";

const AUDIT = {
  service: "audit---any",
  namespaces: ["shop"],
  until: "2027-02-01T00:00:00Z",
  timeouts: { connect: 1, response: 1, idle: 1, stream: 3_600_000, total: 1 },
  maxConnections: 1,
  maxRequests: 1,
  maxRequestsPerClient: 1,
  retries: { budgetPercent: 20 },
  websockets: { maxAge: 1_000 },
};

function mistakes(audit: object, more: object = {}): string[] {
  const policy = { ...policyOf({ "api.example.com": upstream("api-example-com") }), audit, ...more };
  try {
    parsePolicy(JSON.stringify(policy));
  } catch (error) {
    assert.ok(error instanceof InvalidPolicyError);
    return error.mistakes.map(({ path, problem }) => `${path} ${problem}`);
  }
  return [];
}

describe("a policy's audit", () => {
  it("is accepted when it is right", () => assert.deepEqual(mistakes(AUDIT), []));

  const wrong: [string, object, RegExp][] = [
    ["nobody", { namespaces: [] }, /^audit\.namespaces must have 1 to 1000 entries/],
    ["no namespace", { namespaces: ["Shop"] }, /^audit\.namespaces\[0\] must be the name of a namespace/],
    ["no end", { until: undefined }, /^audit\.until is missing/],
    ["a day that is none", { until: "2027-02-30T00:00:00Z" }, /^audit\.until must be an instant/],
    ["a local time", { until: "2027-02-01T00:00:00+01:00" }, /^audit\.until must be an instant/],
    ["another port", { port: 8443 }, /^audit\.port is unknown/],
    ["private addresses", { allowedCidrs: ["10.0.0.0/8"] }, /^audit\.allowedCidrs is unknown/],
    ["another authority", { tls: { minVersion: "TLSv1.2" } }, /^audit\.tls is unknown/],
    ["a key", { setHeaders: {} }, /^audit\.setHeaders is unknown/],
  ];
  for (const [what, change, message] of wrong) {
    it(`is refused with ${what}`, () => {
      const found = mistakes({ ...AUDIT, ...change });
      assert.equal(found.length, 1, found.join());
      assert.match(found[0]!, message);
    });
  }

  it("is refused where nobody vouches for clients", () =>
    assert.deepEqual(mistakes(AUDIT, { mesh: undefined }), [
      "audit is for named namespaces, but without `mesh` nobody vouches for clients",
    ]));

  it("is refused with an upstream's Service", () =>
    assert.deepEqual(mistakes({ ...AUDIT, service: "api-example-com" }), [
      'upstreams["api.example.com"].service is also the Service of "audit"',
    ]));
});

describe("public names", () => {
  for (const name of ["api.stripe.com", "a.co", "xn--bcher-kva.com", "svc.com", "local.org"])
    it(name, () => assert.equal(isPublicName(name), true));
  for (const name of [
    "",
    "com",
    "localhost",
    "a.localhost",
    "web.shop.svc",
    "metadata.google.internal",
    "printer.local",
    "1.0.0.10.in-addr.arpa",
    "a.test",
    "10.0.0.7",
    "::1",
    "a.0x7f",
    "API.stripe.com",
    "api.stripe.com.",
    "a_b.stripe.com",
    "*.stripe.com",
    "a..b.com",
    "a b.com",
    `a".com`,
    "a\n.com",
  ])
    it(`${JSON.stringify(name)} is none`, () => assert.equal(isPublicName(name), false));
});

describe("days and instants", () => {
  it("are those of the calendar", () => {
    for (const day of ["2027-01-31", "2028-02-29"]) assert.ok(isDay(day), day);
    for (const day of ["2027-02-29", "2027-13-01", "2027-1-31", "31.1.2027", "2027-01-31T00:00:00Z", ""])
      assert.equal(isDay(day), false, day);
    assert.ok(isInstant("2027-02-01T00:00:00Z"));
    for (const text of ["2027-02-01", "2027-02-01T24:00:00Z", "2027-02-01T00:00:00.000Z", "now"])
      assert.equal(isInstant(text), false, text);
  });
});
