import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { removeStubDomains, type Selection } from "../../../proxy-image/src/cli/remove-stub-domains";
import { TARGET_KINDS, type TargetKind } from "../../../proxy-image/src/contract/stub-domain/target-ref";
import { ANCHOR } from "../scene";
import { installedTarget, targetScene, type TargetScene } from "./target-scenes";

const remove = async ({ cluster }: TargetScene, selection: Partial<Selection> = {}) => {
  const all = {
    anchor: undefined,
    domain: undefined,
    kind: undefined,
    target: undefined,
    key: undefined,
    all: false,
    dryRun: false,
  };
  const results = await removeStubDomains(cluster, { ...all, ...selection });
  return { isLeft: results.some(({ isLeft }) => isLeft), text: results.map(({ text }) => text).join("\n") };
};

/** After a removal that no record helped with: what the distribution would see. */
const LEFT: Partial<Record<TargetKind, string>> = {
  kubeDns: "{}",
  nodeLocalStubDomains: "{}",
  openshift: "[]",
};

for (const kind of TARGET_KINDS) {
  describe(`k8s-egress dns remove, from ${kind}`, () => {
    it("ends a removal whose controller is gone, and says it before", async () => {
      const before = targetScene(kind).state();
      const made = await installedTarget(kind);
      made.cluster.delete(ANCHOR);
      const dry = await remove(made, { dryRun: true });
      assert.match(dry.text, /would take out of .*:\n.*egress\.local/s);
      const { isLeft, text } = await remove(made, { kind });
      assert.equal(isLeft, false);
      assert.match(text, /took out of /);
      assert.equal(made.state(), before);
      assert.equal(made.cluster.configMaps.has("egress-stub/anchor"), false);
    });

    it("finds the entry of a domain whose anchor is lost", async () => {
      const before = targetScene(kind).text();
      const made = await installedTarget(kind);
      made.cluster.configMaps.delete("egress-stub/anchor");
      const dry = await remove(made, { domain: "egress.local", kind, dryRun: true });
      assert.match(dry.text, /would take out:.*egress\.local/s);
      const { isLeft, text } = await remove(made, { domain: "egress.local", kind });
      assert.equal(isLeft, false, text);
      assert.equal(made.text(), LEFT[kind] ?? before);
      const again = await remove(made, { domain: "egress.local", kind });
      assert.match(again.text, /no entry for egress\.local|does not exist|no key of it/);
    });
  });
}

describe("k8s-egress dns remove, of a choice", () => {
  it("leaves anchors of another kind alone", async () => {
    const made = await installedTarget("kubeDns");
    made.cluster.delete(ANCHOR);
    const text = made.text();
    assert.match((await remove(made, { kind: "coredns" })).text, /no anchor found/);
    assert.equal(made.text(), text);
  });
});
