import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { namesOf, serviceName } from "../../component/names";

const DNS_LABEL = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

describe("serviceName", () => {
  for (const [host, expected] of [
    ["api.stripe.com", "api-stripe-com"],
    ["api-eu.stripe.com", "api--eu-stripe-com"],
    ["xn--bcher-kva.example", "xn----bcher--kva-example"],
    ["*.ingest.sentry.io", "wildcard---ingest-sentry-io"],
    ["1password.com", "host---1password-com"],
    ["*.1password.com", "wildcard---1password-com"],
  ] as const) {
    it(`names ${host} ${expected}`, () => assert.equal(serviceName(host), expected));
  }

  it("ends a name beyond 63 characters in a hash of the whole", () => {
    const long = (end: string) => `${"a".repeat(40)}.${"b".repeat(40)}.${end}.example.com`;
    assert.match(serviceName(long("one")), DNS_LABEL);
    assert.notEqual(serviceName(long("one")), serviceName(long("two")));
  });

  it("is injective over hosts that are alike", () => {
    const labels = ["a", "b", "1", "a-b", "a--b", "host", "wildcard", "a-1"];
    const hosts = labels.flatMap((first) =>
      labels.flatMap((second) => [`${first}.${second}`, `*.${first}.${second}`]),
    );
    const more = labels.flatMap((label) =>
      hosts.filter((host) => !host.startsWith("*")).map((host) => `${label}.${host}`),
    );
    const all = [...new Set([...hosts, ...more])];
    const names = all.map(serviceName);
    assert.equal(new Set(names).size, all.length);
    for (const name of names) assert.match(name, DNS_LABEL);
  });
});

describe("namesOf", () => {
  it("tells instances in other namespaces apart where names are cluster-scoped", () => {
    const staging = namesOf("egress", "staging");
    assert.notEqual(staging.stubDomain, namesOf("egress", "production").stubDomain);
    assert.equal(namesOf("egress", "egress").stubDomain, "egress-stub-domain");
  });

  it("is injective in name and namespace", () => {
    const parts = ["a", "b", "c", "a-b", "b-c", "a--b", "egress", "egress-b"];
    const all = parts.flatMap((name) => parts.map((namespace) => namesOf(name, namespace).stubDomain));
    assert.equal(new Set(all).size, all.length);
  });

  it("keeps the longest allowed names within Kubernetes' limits", () => {
    const names = namesOf("n".repeat(40), "s".repeat(63));
    assert.match(names.stubDomain, DNS_LABEL);
    assert.match(names.instance, DNS_LABEL);
    assert.notEqual(names.stubDomain, namesOf("n".repeat(39), "s".repeat(63)).stubDomain);
  });
});
