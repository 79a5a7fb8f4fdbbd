import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isPathPattern } from "../../proxy-image/src/contract/policy/path-pattern";
import { callerReader } from "../../proxy-image/src/proxy/authorise/caller";

describe("callers", () => {
  const suffix = "serviceaccount.identity.linkerd.cluster.local";
  const read = (...identities: string[]): string | undefined =>
    callerReader(suffix)(identities.flatMap((identity) => ["L5d-Client-Id", identity]))?.key;

  it("are namespace and service account", () => {
    assert.equal(read(`web.shop.${suffix}`), "shop/web");
    assert.equal(read(`a.b.c.shop.${suffix}`), "shop/a.b.c", "an account's name may have dots");
  });

  for (const identity of [
    "",
    suffix,
    `.${suffix}`,
    `shop.${suffix}`,
    `.shop.${suffix}`,
    `web..${suffix}`,
    `web.shop.serviceaccount.identity.linkerd.other.domain`,
    `web.shop.${suffix}.evil`,
    `WEB.shop.${suffix}`,
    `web.sh op.${suffix}`,
    `*.shop.${suffix}`,
  ]) {
    it(`${JSON.stringify(identity)} is nobody`, () => assert.equal(read(identity), undefined));
  }

  it("two identities are nobody", () => {
    assert.equal(read(`web.shop.${suffix}`, `web.shop.${suffix}`), undefined);
  });
});

/** What patterns and rules admit: `tests/cases/paths` and `tests/cases/requests`. */
describe("path patterns", () => {
  for (const pattern of [
    "",
    "v1",
    "/a/../b",
    "/./a",
    "//",
    "/a//b",
    "/a/**/b",
    "/a*",
    "/a;b",
    "/a%2fb",
    "/a?b",
    "/a\\b",
  ]) {
    it(`${JSON.stringify(pattern)} is none`, () => assert.equal(isPathPattern(pattern), false));
  }
});
