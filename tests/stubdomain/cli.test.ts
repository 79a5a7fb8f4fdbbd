import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FINALIZER, RECORD_ANNOTATION } from "../../proxy-image/src/contract/stub-domain/anchor";
import { removalGate } from "../../proxy-image/src/contract/stub-domain/removal-gate";
import { ApiError, nameText } from "../../proxy-image/src/stubdomain/cluster/cluster";
import { readRemoveOptions } from "../../proxy-image/src/cli/options";
import { removeStubDomains, type Selection } from "../../proxy-image/src/cli/remove-stub-domains";
import { UsageError } from "../../proxy-image/src/cli/usage-error";
import { COREFILES } from "./corefiles";
import { ownership } from "./fake-cluster";
import { ANCHOR, BLOCK, scene, SPEC, TARGET, type Scene } from "./scene";

const KUBEADM = COREFILES.kubeadm!;
const GATE = removalGate(SPEC);
const ALL: Selection = {
  anchor: undefined,
  domain: undefined,
  kind: undefined,
  target: undefined,
  key: undefined,
  all: false,
  dryRun: false,
};

async function terminating(): Promise<Scene> {
  const made = scene();
  made.cluster.create(ANCHOR, {});
  await made.round();
  made.cluster.delete(ANCHOR);
  return made;
}

const remove = async (made: Scene, selection: Partial<Selection> = {}) => {
  const results = await removeStubDomains(made.cluster, { ...ALL, ...selection });
  return { isLeft: results.some(({ isLeft }) => isLeft), text: results.map(({ text }) => text).join("\n") };
};

describe("k8s-egress dns remove", () => {
  for (const selection of [{}, { anchor: ANCHOR }, { domain: "egress.local" }]) {
    it(`ends a removal whose controller is gone: ${JSON.stringify(selection)}`, async () => {
      const made = await terminating();
      const { isLeft, text } = await remove(made, selection);
      assert.equal(isLeft, false);
      assert.match(
        text,
        /took out of ConfigMap kube-system\/coredns:\n {2}- # managed by k8s-egress egress-stub\/anchor\n {2}- egress\.local:53 \{/s,
      );
      assert.equal(made.corefile(), KUBEADM);
      assert.deepEqual(made.cluster.get(TARGET).metadata.managedFields, [ownership("kubeadm")]);
      assert.equal(made.cluster.configMaps.has("egress-stub/anchor"), false);
    });
  }

  it("with --dry-run says the same and changes nothing", async () => {
    const made = await terminating();
    const before = [made.cluster.get(ANCHOR), made.cluster.get(TARGET)];
    const { isLeft, text } = await remove(made, { dryRun: true });
    assert.equal(isLeft, false);
    assert.match(text, /would take out of ConfigMap kube-system\/coredns:.*- egress\.local:53/s);
    assert.deepEqual([made.cluster.get(ANCHOR), made.cluster.get(TARGET)], before);
  });

  it("does not work against a controller that lives", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    await made.round();
    const { isLeft, text } = await remove(made);
    assert.equal(isLeft, true);
    assert.match(text, /kubectl delete configmap --wait=false --namespace egress-stub anchor/);
    assert.equal(made.corefile(), KUBEADM + BLOCK);
  });

  it("says what is in the way", async () => {
    const made = await terminating();
    made.cluster.edit(TARGET, "me", made.corefile().replace("10.96.3.4", "1.1.1.1"));
    const { isLeft, text } = await remove(made);
    assert.equal(isLeft, true);
    assert.match(text, /changed by hand/);
  });

  for (const [name, change] of [
    ["with its anchor", () => undefined],
    ["whose anchor is gone", ({ cluster }: Scene) => cluster.configMaps.delete(nameText(ANCHOR))],
  ] as const) {
    it(`lets a removal gate go: ${name}`, async () => {
      for (const selection of [{}, { anchor: ANCHOR }]) {
        const made = await terminating();
        made.cluster.create(GATE, { metadata: { finalizers: [FINALIZER] } });
        made.cluster.delete(GATE);
        change(made);
        const dry = await remove(made, { ...selection, dryRun: true });
        assert.match(
          dry.text,
          /removal gate kube-system\/egress-stub\.anchor:\n {2}would take the finalizer off/,
        );
        assert.ok(made.cluster.configMaps.has(nameText(GATE)));
        const { isLeft, text } = await remove(made, selection);
        assert.equal(isLeft, false);
        assert.match(text, /removal gate kube-system\/egress-stub\.anchor:\n {2}took the finalizer off/);
        assert.equal(made.cluster.configMaps.has(nameText(GATE)), false);
      }
    });
  }

  it("keeps what it did when letting a removal gate go fails", async () => {
    for (const [status, isLeft, says] of [
      [409, false, /removal gate .*:\n {2}is let go by its controller/],
      [403, true, /removal gate .*:\n {2}forbidden/],
    ] as const) {
      const made = await terminating();
      made.cluster.create(GATE, { metadata: { finalizers: [FINALIZER] } });
      const { patchConfigMap } = made.cluster;
      made.cluster.patchConfigMap = (name, patch) =>
        name.name === GATE.name
          ? Promise.reject(new ApiError("forbidden", status))
          : patchConfigMap(name, patch);
      const removed = await remove(made);
      assert.equal(removed.isLeft, isLeft);
      assert.match(removed.text, /took out of ConfigMap kube-system\/coredns/);
      assert.match(removed.text, says);
    }
  });

  it("leaves the removal gate of a controller that lives, and of an anchor that was not chosen", async () => {
    const living = scene();
    living.cluster.create(ANCHOR, {});
    await living.round();
    living.cluster.create(GATE, { metadata: { finalizers: [FINALIZER] } });
    await remove(living);
    assert.deepEqual(living.cluster.get(GATE).metadata.finalizers, [FINALIZER]);

    const other = await terminating();
    const gate = { ...GATE, name: "elsewhere.anchor" };
    other.cluster.create(gate, { metadata: { finalizers: [FINALIZER] } });
    await remove(other, { anchor: ANCHOR });
    assert.deepEqual(other.cluster.get(gate).metadata.finalizers, [FINALIZER]);
  });

  it("names an anchor whose record it does not understand, and goes on with the others", async () => {
    const made = await terminating();
    const metadata = { finalizers: [FINALIZER], annotations: { [RECORD_ANNOTATION]: "{" } };
    made.cluster.create({ ...ANCHOR, name: "anchor-0" }, { metadata });
    made.cluster.delete({ ...ANCHOR, name: "anchor-0" });
    const { isLeft, text } = await remove(made, { domain: "egress.local" });
    assert.equal(isLeft, true);
    assert.match(
      text,
      /anchor egress-stub\/anchor-0:\n {2}annotation k8s-egress\/record of the anchor is not JSON/,
    );
    assert.equal(made.corefile(), KUBEADM);
  });

  it("leaves the choice between namespaces to the admin: a tenant can make what looks like an anchor", async () => {
    const made = await terminating();
    const forged = { namespace: "tenant", name: ANCHOR.name };
    const { metadata } = (await made.cluster.configMap(ANCHOR))!;
    made.cluster.create(forged, { metadata: { finalizers: [FINALIZER], annotations: metadata.annotations } });
    made.cluster.delete(forged);
    const before = made.corefile();
    const { isLeft, text } = await remove(made);
    assert.equal(isLeft, true);
    assert.match(text, /several namespaces: .*tenant\/.*--anchor/);
    assert.equal(made.corefile(), before);
    assert.equal((await remove(made, { anchor: ANCHOR })).isLeft, false);
    assert.equal(made.corefile(), KUBEADM);
  });

  it("follows conflicts", async () => {
    for (const selection of [{}, { domain: "egress.local" }]) {
      const made = await terminating();
      if (selection.domain) made.cluster.configMaps.delete("egress-stub/anchor");
      let disturbed = 0;
      made.cluster.onPatch = (_count, when) => {
        if (when === "before" && disturbed++ % 2 === 0) made.cluster.touch(TARGET);
      };
      assert.equal((await remove(made, selection)).isLeft, false);
      assert.equal(made.corefile(), KUBEADM);
      assert.ok(
        !made.cluster.get(TARGET).metadata.managedFields?.some(({ manager }) => manager === "k8s-egress"),
      );
    }
  });

  it("finds nothing where nothing is", async () => {
    assert.deepEqual(await remove(scene()), {
      isLeft: false,
      text: "no anchor found: nothing to remove; --domain looks for a block without one",
    });
    assert.match((await remove(scene(), { domain: "egress.local" })).text, /has no entry for egress\.local/);
    assert.equal((await remove(scene(), { anchor: ANCHOR })).isLeft, true);
  });

  for (const [name, text] of [
    ["as inserted", BLOCK],
    ["without its comment", BLOCK.replace(/#.*\n/, "").slice(1)],
  ] as const) {
    it(`by --domain takes a block out whose anchor is lost: ${name}`, async () => {
      const made = await terminating();
      made.cluster.configMaps.delete("egress-stub/anchor");
      made.cluster.edit(TARGET, "k8s-egress", KUBEADM + text);
      const dry = await remove(made, { domain: "egress.local", dryRun: true });
      assert.match(dry.text, /would take out:.*- egress\.local:53 \{/s);
      const { isLeft } = await remove(made, { domain: "egress.local" });
      assert.equal(isLeft, false);
      assert.equal(made.corefile(), KUBEADM);
      // Who owned it is lost; owned by nobody, the next apply of whoever it is does not conflict.
      const fields = made.cluster.get(TARGET).metadata.managedFields?.map((entry) => entry.fieldsV1);
      assert.deepEqual(fields, [{ "f:data": {} }]);
    });
  }

  it("by --domain touches nothing that is more than a stub domain", async () => {
    for (const block of ["egress.local {\n  whoami\n}\n", "egress.local also.local {\n  errors\n}\n"]) {
      const made = scene(KUBEADM + block);
      const { isLeft, text } = await remove(made, { domain: "egress.local" });
      assert.equal(isLeft, true);
      assert.match(text, /line 24: the block for egress\.local does more than/);
      assert.equal(made.corefile(), KUBEADM + block);
    }
  });
});

describe("its options", () => {
  it("have defaults", () => {
    assert.deepEqual(readRemoveOptions([]), {
      kubeconfig: undefined,
      context: undefined,
      anchor: undefined,
      domain: undefined,
      kind: undefined,
      target: undefined,
      key: undefined,
      all: false,
      dryRun: false,
      help: false,
    });
  });

  it("are read", () => {
    const options = readRemoveOptions([
      "--kubeconfig",
      "f",
      "--context=c",
      "--anchor",
      "a/b",
      "--domain",
      "x.y",
      "--kind=kubeDns",
      "--target=n/m",
      "--key=k",
      "--all",
      "--dry-run",
      "-h",
    ]);
    assert.deepEqual(options, {
      kubeconfig: "f",
      context: "c",
      anchor: { namespace: "a", name: "b" },
      domain: "x.y",
      kind: "kubeDns",
      target: { namespace: "n", name: "m" },
      key: "k",
      all: true,
      dryRun: true,
      help: true,
    });
  });

  for (const argv of [
    ["--force"],
    ["x"],
    ["--anchor", "a"],
    ["--domain", "A"],
    ["--kind", "Corefile"],
    ["--target", "a/"],
    ["--kubeconfig"],
  ]) {
    it(`refuse ${argv.join(" ")}`, () => assert.throws(() => readRemoveOptions(argv), UsageError));
  }
});
