import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RECORD_ANNOTATION } from "../../../proxy-image/src/contract/stub-domain/anchor";
import { preflight } from "../../../proxy-image/src/stubdomain/controller/preflight";
import type { Spec } from "../../../proxy-image/src/contract/stub-domain/spec";
import type { StubRecord } from "../../../proxy-image/src/stubdomain/state/record";
import { TARGET_OBJECTS, type TargetKind } from "../../../proxy-image/src/contract/stub-domain/target-ref";
import { COREFILES } from "../corefiles";
import { ANCHOR, SPEC, asked } from "../scene";
import { installedTarget, specFor, type TargetScene } from "./target-scenes";

const K3S = COREFILES["k3s, whose files are imported"]!;
const OLD_PRIMARY = "egress-dns.egress.svc.cluster.local.";

/**
 * What happens when Pulumi replaces one controller and its anchor by others, in its order: the new controller becomes
 * ready beside the old one; the old anchor is deleted, which waits for the old controller; the new anchor comes.
 */
async function handOver({ cluster, round }: TargetScene, before: Spec, after: Spec): Promise<void> {
  await preflight(after, { cluster, ...asked(OLD_PRIMARY) }, undefined);
  await round(after);
  cluster.delete(before.anchor);
  await round(before);
  assert.equal(cluster.configMaps.has(`${before.anchor.namespace}/${before.anchor.name}`), false);
  cluster.create(after.anchor, {});
  assert.deepEqual(await round(after), { kind: "idle" });
}

/** The same component after a change of its namespace. */
const moved = (kind: TargetKind) =>
  specFor(kind, {
    dnsService: { namespace: "out", name: "egress-dns" },
    anchor: { namespace: "out-egress-stub-domain", name: "anchor" },
    specHash: "abc2",
    ...(kind === "corednsCustom"
      ? { target: { kind, ...TARGET_OBJECTS.corednsCustom, key: "out-egress.server" } }
      : {}),
  });

describe("a hand-over", () => {
  for (const kind of ["coredns", "corednsCustom", "nodeLocalDns", "openshift"] as const) {
    it(`to another namespace leaves one entry, to the new Service: ${kind}`, async () => {
      const made = await installedTarget(kind);
      const after = moved(kind);
      made.cluster.services.set("out/egress-dns", {
        metadata: after.dnsService,
        spec: { clusterIP: "10.96.9.9" },
      });
      await handOver(made, made.spec, after);
      const state = made.state();
      assert.equal(state.split("10.96.9.9").length, 2);
      assert.doesNotMatch(state, /10\.96\.3\.4/);
    });
  }

  it("from the Corefile to a ConfigMap that it imports never has the domain in both", async () => {
    const made = await installedTarget("coredns");
    const corefile = made.cluster.corefile(TARGET_OBJECTS.coredns);
    made.cluster.edit(TARGET_OBJECTS.coredns, "me", `import custom/*.server\n${corefile}`);
    const served = () =>
      [TARGET_OBJECTS.coredns, TARGET_OBJECTS.corednsCustom].filter((name) => {
        const data = made.cluster.configMaps.get(`${name.namespace}/${name.name}`)?.data ?? {};
        return Object.values(data).some((text) => text.includes("egress.local:53 {"));
      });
    made.cluster.onPatch = () => assert.ok(served().length < 2);
    const after = specFor("corednsCustom", {
      anchor: { ...ANCHOR, name: "anchor-custom" },
      specHash: "abc2",
    });
    await handOver(made, made.spec, after);
    assert.deepEqual(served(), [TARGET_OBJECTS.corednsCustom]);
  });

  it("is not taken for one where somebody pasted the same block", async () => {
    const made = await installedTarget("coredns");
    const pasted = made.cluster.corefile(TARGET_OBJECTS.coredns).replace(/# managed.*\n/, "");
    made.cluster.edit(TARGET_OBJECTS.coredns, "me", pasted);
    const after = specFor("coredns", {
      anchor: { namespace: "other-stub", name: "anchor" },
      specHash: "abc2",
    });
    await assert.rejects(handOver(made, made.spec, after), /served already/);
  });

  it("to a version that writes another block changes it in one write, by the recorded tokens", async () => {
    const made = await installedTarget("coredns");
    // What the first version wrote: a record without a kind, a comment without an owner, a block without more.
    const old = `\n# managed by k8s-egress egress-stub/anchor\negress.local:53 {\n  errors\n  forward . 10.96.3.4\n}\n`;
    const annotation = made.cluster.get(ANCHOR).metadata.annotations![RECORD_ANNOTATION]!;
    const record: StubRecord = {
      ...(JSON.parse(annotation) as StubRecord),
      target: SPEC.target,
      blocks: [{ domain: "egress.local", inserted: old, proven: true }],
    };
    const { finalizers } = made.cluster.get(ANCHOR).metadata;
    made.cluster.create(ANCHOR, {
      metadata: {
        finalizers: finalizers ?? [],
        annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) },
      },
    });
    // Re-formatted since, as by kubeadm: no comment, other space.
    const text = `${COREFILES.kubeadm!}egress.local:53 {\n    errors\n    forward . 10.96.3.4\n}\n`;
    made.cluster.edit(TARGET_OBJECTS.coredns, "kubeadm", text);
    const texts: string[] = [];
    made.cluster.onPatch = (_count, when) =>
      when === "after" && texts.push(made.cluster.corefile(TARGET_OBJECTS.coredns));
    await made.round();
    assert.ok(texts.every((one) => one.split("egress.local:53 {").length === 2));
    made.cluster.delete(ANCHOR);
    await made.round();
    assert.equal(made.cluster.corefile(TARGET_OBJECTS.coredns), COREFILES.kubeadm);
  });

  it("from a cluster's CoreDNS that begins to import is named, not done by itself", async () => {
    const made = await installedTarget("coredns");
    const corefile = made.cluster.corefile(TARGET_OBJECTS.coredns);
    made.cluster.edit(TARGET_OBJECTS.coredns, "k3s", K3S + corefile.slice(COREFILES.kubeadm!.length));
    const world = { cluster: made.cluster, ...asked() };
    await assert.rejects(
      preflight({ ...made.spec, specHash: "abc2" }, world, made.cluster.get(ANCHOR)),
      /set dns\.target: "corednsCustom"/,
    );
  });
});
