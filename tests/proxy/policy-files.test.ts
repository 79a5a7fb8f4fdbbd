import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  isPolicyFile,
  joinPolicyFiles,
  policyFiles,
  policyText,
} from "../../proxy-image/src/contract/policy/files";
import { parsePolicy } from "../../proxy-image/src/contract/policy/validate";
import { policyOf, upstream } from "./support/world";

const policy = policyOf({
  "b.example.com": upstream("b-example-com"),
  "*.a.example.com": upstream("wildcard---a-example-com"),
  "a.example.com": upstream("a-example-com"),
});

describe("a policy in files", () => {
  it("is the policy again, whatever the order of its upstreams and files", () => {
    const text = policyText(policy);
    assert.deepEqual(parsePolicy(text), policy);
    assert.deepEqual(Object.keys(parsePolicy(text).upstreams), [
      "*.a.example.com",
      "a.example.com",
      "b.example.com",
    ]);
    const files = policyFiles(policy);
    assert.equal(joinPolicyFiles(files), text);
    assert.equal(joinPolicyFiles(Object.fromEntries(Object.entries(files).reverse())), text);
  });

  it("has a file of its own for each upstream, whose name is a ConfigMap's key", () => {
    const { "b.example.com": gone, ...rest } = policy.upstreams;
    const [before, after] = [policyFiles(policy), policyFiles({ ...policy, upstreams: rest })];
    const changed = Object.keys(before).filter((name) => before[name] !== after[name]);
    assert.deepEqual(changed, [`upstream.${gone!.service}.json`]);
    for (const name of Object.keys(before)) {
      assert.match(name, /^[-._a-zA-Z0-9]{1,253}$/);
      assert.ok(isPolicyFile(name), name);
    }
  });

  it("leaves other files of a mounted ConfigMap alone", () => {
    for (const name of ["..data", "..2026_11_28", "upstream.json", "policy.json~"])
      assert.ok(!isPolicyFile(name), name);
  });

  it("takes no key for a prototype", () => {
    const hostile = `{"__proto__": ${JSON.stringify(upstream("x-com"))}}`;
    assert.throws(
      () => parsePolicy(joinPolicyFiles({ ...policyFiles(policy), "upstream.x.json": hostile })),
      /upstreams\["__proto__"\]/,
    );
  });
});
