import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RECORD_ANNOTATION } from "../../../proxy-image/src/contract/stub-domain/anchor";
import type { StubRecord } from "../../../proxy-image/src/stubdomain/state/record";
import { TARGET_KINDS, TARGET_OBJECTS } from "../../../proxy-image/src/contract/stub-domain/target-ref";
import { ANCHOR } from "../scene";
import { installedTarget, specFor, targetScene, type TargetScene } from "./target-scenes";

const recordOf = ({ cluster }: TargetScene) =>
  JSON.parse(cluster.get(ANCHOR).metadata.annotations?.[RECORD_ANNOTATION] ?? "null") as StubRecord;

for (const kind of TARGET_KINDS) {
  describe(`a stub domain in ${kind}`, () => {
    it("is installed, and leaves everything as it was", async () => {
      const made = targetScene(kind);
      const before = made.state();
      made.cluster.create(ANCHOR, {});
      assert.deepEqual(await made.round(), { kind: "idle" });
      assert.match(made.text() ?? "", /egress\.local/);
      assert.match(made.text() ?? "", /10\.96\.3\.4/);
      assert.equal(made.status()?.state, "serving");
      assert.deepEqual(await made.round(), { kind: "idle" });
      made.cluster.delete(ANCHOR);
      await made.round();
      assert.equal(made.state(), before);
      assert.equal(made.cluster.configMaps.has("egress-stub/anchor"), false);
    });

    it("survives being killed before and after each write, of installation and of removal", async () => {
      for (const when of ["before", "after"] as const) {
        for (let at = 1; at < 12; at++) {
          const made = targetScene(kind);
          const before = made.state();
          made.cluster.create(ANCHOR, {});
          let count = 0;
          made.cluster.onPatch = (_count, now) => {
            if (now === when && ++count === at) throw new Error("killed");
          };
          const tolerant = () =>
            made.round().catch((error: unknown) => assert.match(String(error), /killed$/));
          for (let round = 0; round < 4; round++) await tolerant();
          assert.equal(made.status()?.state, "serving");
          made.cluster.delete(ANCHOR);
          for (let round = 0; round < 4; round++) await tolerant();
          assert.equal(made.state(), before, `${when} write ${at}`);
          assert.equal(made.cluster.configMaps.has("egress-stub/anchor"), false);
        }
      }
    });

    it("changes its domain and its Service's address in one write, without a moment of neither", async () => {
      const made = await installedTarget(kind);
      const other = specFor(kind, { domain: "out.example", specHash: "abc2" });
      made.cluster.services.set("egress/egress-dns", {
        metadata: { namespace: "egress", name: "egress-dns" },
        spec: { clusterIP: "10.96.9.9" },
      });
      const texts: (string | undefined)[] = [];
      made.cluster.onPatch = (_count, when) => when === "after" && texts.push(made.text());
      await made.round(other);
      assert.match(made.text() ?? "", /out\.example.*10\.96\.9\.9/s);
      assert.doesNotMatch(made.text() ?? "", /egress\.local|10\.96\.3\.4/);
      assert.ok(texts.every((text) => /egress\.local|out\.example/.test(text ?? "")));
      assert.deepEqual(
        recordOf(made).blocks.map(({ domain }) => domain),
        ["out.example"],
      );
    });

    it("is taken back when it does not come to serve", async () => {
      const made = targetScene(kind);
      const before = made.state();
      made.cluster.create(ANCHOR, {});
      made.proof.answer = { serves: false, reason: "NXDOMAIN" };
      await made.round();
      assert.match(made.text() ?? "", /egress\.local/);
      made.pass(made.spec.proofTimeoutMs + 1000);
      assert.equal((await made.round()).kind, "failed");
      assert.equal(made.state(), before);
    });
  });
}

describe("a ConfigMap or key that was not there", () => {
  for (const kind of ["corednsCustom", "kubeDns"] as const) {
    const target = TARGET_OBJECTS[kind];

    it(`stays when somebody put more into it: ${kind}`, async () => {
      const made = await installedTarget(kind);
      made.cluster.edit(target, "me", "x", "mine");
      made.cluster.delete(ANCHOR);
      await made.round();
      assert.deepEqual(made.cluster.get(target).data, { mine: "x" });
    });

    it(`stays, empty, when somebody else had made it: ${kind}`, async () => {
      const made = targetScene(kind);
      made.cluster.create(target, {});
      const before = made.state();
      made.cluster.create(ANCHOR, {});
      await made.round();
      assert.notEqual(made.state(), before);
      made.cluster.delete(ANCHOR);
      await made.round();
      assert.equal(made.cluster.get(target).data?.stubDomains, undefined);
      assert.deepEqual(made.cluster.get(target).data ?? {}, {});
    });

    it(`is made again when it was deleted, and goes at the end: ${kind}`, async () => {
      const made = await installedTarget(kind);
      const text = made.text();
      made.cluster.delete(target);
      await made.round();
      assert.equal(made.text(), text);
      made.cluster.delete(ANCHOR);
      await made.round();
      assert.equal(made.cluster.configMaps.has(`kube-system/${target.name}`), false);
    });
  }

  it("two share a ConfigMap that one of them made: the last one takes it away", async () => {
    const made = await installedTarget("corednsCustom");
    const second = specFor("corednsCustom", {
      domain: "out.example",
      anchor: { ...ANCHOR, name: "anchor-2" },
      owner: "ffffffff",
      target: { kind: "corednsCustom", ...TARGET_OBJECTS.corednsCustom, key: "second.server" },
    });
    made.cluster.create(second.anchor, {});
    await made.round(second);
    const keys = () => Object.keys(made.cluster.get(TARGET_OBJECTS.corednsCustom).data ?? {});
    assert.deepEqual(keys(), ["egress.server", "second.server"]);
    made.cluster.delete(ANCHOR);
    await made.round();
    assert.deepEqual(keys(), ["second.server"]);
    made.cluster.delete(second.anchor);
    await made.round(second);
    assert.equal(made.cluster.configMaps.has("kube-system/coredns-custom"), false);
  });

  it("stays as `{}` when that is how it was", async () => {
    const made = targetScene("kubeDns");
    made.cluster.create(TARGET_OBJECTS.kubeDns, { data: { stubDomains: "{}" } });
    const before = made.state();
    made.cluster.create(ANCHOR, {});
    await made.round();
    made.cluster.delete(ANCHOR);
    await made.round();
    assert.deepEqual(made.cluster.get(TARGET_OBJECTS.kubeDns).data, { stubDomains: "{}" });
    assert.notEqual(before, "");
  });
});

describe("a record", () => {
  it("without a kind is about a Corefile, as the first ones were", async () => {
    const made = await installedTarget("coredns");
    const { kind, ...target } = recordOf(made).target;
    assert.equal(kind, "coredns");
    const record = JSON.stringify({ ...recordOf(made), target });
    const { finalizers, annotations } = made.cluster.get(ANCHOR).metadata;
    made.cluster.create(ANCHOR, {
      metadata: {
        finalizers: finalizers ?? [],
        annotations: { ...annotations, [RECORD_ANNOTATION]: record },
      },
    });
    made.cluster.delete(ANCHOR);
    await made.round();
    assert.equal(made.text()?.includes("egress.local"), false);
  });

  const strange: [name: string, change: (record: StubRecord) => object][] = [
    ["of an unknown kind", (record) => ({ ...record, target: { ...record.target, kind: "bind9" } })],
    ["with a key too many", (record) => ({ ...record, target: { ...record.target, key: "a" } })],
    ["of another place", (record) => ({ ...record, target: { ...record.target, name: "other" } })],
    [
      "with a text for another domain",
      (record) => ({ ...record, blocks: [{ ...record.blocks[0]!, domain: "a.b" }] }),
    ],
    ["that made something else", (record) => ({ ...record, made: "yes" })],
  ];
  for (const [name, change] of strange) {
    it(`is not guessed at: ${name}`, async () => {
      const made = await installedTarget("kubeDns");
      const { finalizers } = made.cluster.get(ANCHOR).metadata;
      const annotations = { [RECORD_ANNOTATION]: JSON.stringify(change(recordOf(made))) };
      made.cluster.create(ANCHOR, { metadata: { finalizers: finalizers ?? [], annotations } });
      const before = made.state();
      made.cluster.delete(ANCHOR);
      assert.deepEqual(await made.round(), { kind: "again" });
      assert.equal(made.status()?.state, "blocked");
      assert.equal(made.state(), before);
    });
  }
});
