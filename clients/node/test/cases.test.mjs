import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { Egress, EgressConfigError } from "k8s-egress-client";
import { otherHostText, unresolvedText } from "../src/errors.mjs";

const cases = JSON.parse(readFileSync(new URL("../../cases.json", import.meta.url), "utf8"));

function environment({ domain, hosts }) {
  return {
    ...(domain === undefined ? {} : { EGRESS_DOMAIN: domain }),
    ...(hosts === undefined ? {} : { EGRESS_HOSTS: hosts }),
  };
}

describe("settings", () => {
  for (const { why, error, normal, ...given } of cases.settings) {
    it(`${why}: ${JSON.stringify(given)}`, () => {
      if (error !== undefined) {
        assert.throws(
          () => new Egress(environment(given)),
          (thrown) => thrown instanceof EgressConfigError && thrown.message === error,
        );
        return;
      }
      const { domain, hosts } = new Egress(environment(given));
      assert.deepEqual(domain === undefined ? null : { domain, hosts }, normal);
    });
  }
});

describe("URLs", () => {
  for (const { why, url, expect, ...given } of cases.urls) {
    it(`${why}: ${url}`, () => {
      assert.equal(new Egress(environment(given)).urlFor(url) ?? "direct", expect);
    });
  }
});

describe("failures", () => {
  it("unresolved", () => {
    const { host, domain, text } = cases.failures.unresolved;
    assert.equal(unresolvedText(host, domain), text);
  });
  it("another Host", () => {
    const { host, header, text } = cases.failures.otherHost;
    assert.equal(otherHostText(host, header), text);
  });
});
