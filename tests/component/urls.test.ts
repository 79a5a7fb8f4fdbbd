import { DnsMode } from "../../component/args/dns";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settingsOf } from "../../component/settings";
import { egressUrl } from "../../component/egress-url";
import { urlFor, urlsOf } from "../../component/urls";

const upstreams = [{ host: "api.stripe.com" }, { host: "*.ingest.sentry.io" }];
const withDns = settingsOf({ upstreams });
const withoutDns = settingsOf({ upstreams, dns: { mode: DnsMode.None } });

describe("urlFor", () => {
  it("names a listed host and any below a wildcard", () => {
    assert.equal(urlFor("api.stripe.com", withDns), "http://api.stripe.com.egress.local");
    assert.equal(urlFor("o1.ingest.sentry.io", withDns), "http://o1.ingest.sentry.io.egress.local");
    assert.equal(urlFor("o1.us.ingest.sentry.io", withDns), "http://o1.us.ingest.sentry.io.egress.local");
  });

  it("uses the Service's own name without a DNS", () => {
    assert.equal(urlFor("api.stripe.com", withoutDns), "http://api-stripe-com.egress.svc.cluster.local");
    assert.throws(() => urlFor("o1.ingest.sentry.io", withoutDns), /listed by a wildcard only/);
  });

  for (const host of [
    "api.stripe.org",
    "ingest.sentry.io",
    "*.ingest.sentry.io",
    "a..ingest.sentry.io",
    "A.ingest.sentry.io",
    "",
  ]) {
    it(`refuses ${JSON.stringify(host)} and says what there is`, () =>
      assert.throws(
        () => urlFor(host, withDns),
        /is not an upstream .* there are api\.stripe\.com, \*\.ingest\.sentry\.io/,
      ));
  }
});

describe("urlsOf", () => {
  it("holds every upstream, wildcards as patterns", () => {
    assert.deepEqual(urlsOf(withDns), {
      "api.stripe.com": "http://api.stripe.com.egress.local",
      "*.ingest.sentry.io": "http://*.ingest.sentry.io.egress.local",
    });
  });

  it("leaves wildcards out without a DNS", () => {
    assert.deepEqual(urlsOf(withoutDns), {
      "api.stripe.com": "http://api-stripe-com.egress.svc.cluster.local",
    });
  });
});

describe("egressUrl", () => {
  it("needs no EgressProxy", () => {
    assert.equal(egressUrl("api.stripe.com"), "http://api.stripe.com.egress.local");
    assert.equal(
      egressUrl("api.stripe.com", "out.example.internal"),
      "http://api.stripe.com.out.example.internal",
    );
  });

  it("refuses what is no exact host", () => {
    assert.throws(() => egressUrl("https://api.stripe.com"), /scheme/);
    assert.throws(() => egressUrl("*.sentry.io"), /wildcard/);
    assert.throws(() => egressUrl("api.stripe.com", "https://x/"), /domain/);
  });
});
