import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { preflight, PreflightError } from "../../../proxy-image/src/stubdomain/controller/preflight";
import { removalGate } from "../../../proxy-image/src/contract/stub-domain/removal-gate";
import { tendOnce } from "../../../proxy-image/src/stubdomain/controller/removal-gate";
import { neededRights } from "../../../proxy-image/src/contract/stub-domain/rights";
import type { Spec } from "../../../proxy-image/src/contract/stub-domain/spec";
import { targetOf } from "../../../proxy-image/src/stubdomain/targets/all";
import {
  TARGET_KINDS,
  TARGET_OBJECTS,
  TARGET_SHAPES,
} from "../../../proxy-image/src/contract/stub-domain/target-ref";
import { COREFILES } from "../corefiles";
import { ANCHOR, asked } from "../scene";
import { installedTarget, specFor, targetScene, type TargetScene } from "./target-scenes";

const check = ({ cluster, spec }: TargetScene, own: Spec = spec, primary?: string) =>
  preflight(own, { cluster, ...asked(primary) }, undefined);

for (const kind of TARGET_KINDS) {
  describe(`preflight for ${kind}`, () => {
    it("passes in a cluster that is made for it, and writes nothing", async () => {
      const made = targetScene(kind);
      const before = made.state();
      await check(made);
      assert.equal(made.state(), before);
    });

    it("asks for exactly the rights that are used", async () => {
      const used = new Set<string>();
      // Once with the object made and removed, once with one that was there before.
      for (const isThere of [false, true]) {
        const made = targetScene(kind);
        spyOn(made, used);
        await check(made);
        if (isThere && targetOf(made.spec.target).mayBeMissing === "object") {
          made.cluster.create(made.spec.target, {});
        }
        made.cluster.create(ANCHOR, {});
        await made.round();
        const gate = removalGate(made.spec);
        made.cluster.create(gate, {});
        await tendOnce(made.spec, made.cluster);
        made.cluster.delete(gate);
        await tendOnce(made.spec, made.cluster);
        made.cluster.delete(ANCHOR);
        await made.round();
      }
      const needed = neededRights(made(kind)).map(
        ({ verb, resource, namespace, name }) => `${verb} ${resource} ${namespace}/${name ?? ""}`,
      );
      assert.deepEqual([...used].sort(), [...new Set(needed)].sort());
    });

    it("knows the component's own entry under its former names, and refuses anybody else's", async () => {
      const there = await installedTarget(kind);
      const former = "egress-dns.former.svc.cluster.local.";
      const moved = { anchor: { namespace: "other-stub", name: "anchor" }, specHash: "abc2" };
      // Without a comment or a name of its own, an entry can't be recognised: documented.
      if (TARGET_SHAPES[kind].holds === "stubDomains")
        await assert.rejects(check(there, specFor(kind, moved), former), PreflightError);
      else if (!TARGET_SHAPES[kind].isImported) await check(there, specFor(kind, moved), former);
      const stranger = specFor(kind, { ...moved, owner: "ffffffff" });
      await assert.rejects(
        check(there, stranger, former),
        (error) => error instanceof PreflightError && /already|changed by hand/.test(error.message),
      );
    });
  });
}

function made(kind: (typeof TARGET_KINDS)[number]): Spec {
  return specFor(kind);
}

function spyOn({ cluster }: TargetScene, used: Set<string>): void {
  const spy =
    <A extends unknown[], R>(name: (...args: A) => string, call: (...args: A) => R) =>
    (...args: A): R => {
      used.add(name(...args));
      return call(...args);
    };
  const { configMap, patchConfigMap, createConfigMap, deleteConfigMap } = cluster;
  cluster.configMap = spy(({ namespace, name }) => `get configmaps ${namespace}/${name}`, configMap);
  cluster.patchConfigMap = spy(
    ({ namespace, name }) => `patch configmaps ${namespace}/${name}`,
    patchConfigMap,
  );
  cluster.createConfigMap = spy(
    ({ metadata }) => `create configmaps ${metadata.namespace}/`,
    createConfigMap,
  );
  cluster.deleteConfigMap = spy(
    ({ metadata }) => `delete configmaps ${metadata.namespace}/${metadata.name}`,
    deleteConfigMap,
  );
  cluster.dnsOperator = spy((name?: string) => `get dnses /${name}`, cluster.dnsOperator);
  cluster.patchDnsOperator = spy((name) => `patch dnses /${name}`, cluster.patchDnsOperator);
  cluster.service = spy(({ namespace, name }) => `get services ${namespace}/${name}`, cluster.service);
  cluster.endpointSlices = spy(
    (namespace?: string) => `list endpointslices ${namespace}/`,
    cluster.endpointSlices,
  );
  cluster.emit = spy(({ metadata }) => `create events ${metadata.namespace}/`, cluster.emit);
}

describe("preflight for a target that another one replaces", () => {
  it("knows the component's own block in the Corefile that imports the new one", async () => {
    const made = await installedTarget("coredns");
    const corefile = made.cluster.corefile(TARGET_OBJECTS.coredns);
    made.cluster.edit(TARGET_OBJECTS.coredns, "me", `${corefile}import custom/*.server\n`);
    await check(made, specFor("corednsCustom"));
    await assert.rejects(
      check(made, specFor("corednsCustom", { owner: "ffffffff" })),
      /served already, by Corefile/,
    );
  });

  it("is about the Corefile that is named, whatever other ones there are", async () => {
    const made = targetScene("coredns");
    const K3S = COREFILES["k3s, whose files are imported"]!;
    made.cluster.create(TARGET_OBJECTS.coredns, { data: { Corefile: K3S } });
    const target = { kind: "coredns", namespace: "kube-system", name: "my-dns" } as const;
    made.cluster.create(target, { data: { Corefile: COREFILES.kubeadm! } });
    await check(made, specFor("coredns", { target }));
    made.cluster.create(target, { data: { Corefile: K3S } });
    await assert.rejects(check(made, specFor("coredns", { target })), /set dns\.target: "corednsCustom"/);
  });

  it("names the setting before anything is written", async () => {
    const made = targetScene("coredns");
    made.cluster.create(TARGET_OBJECTS.coredns, {
      data: { Corefile: COREFILES["k3s, whose files are imported"]! },
    });
    await assert.rejects(check(made), /set dns\.target: "corednsCustom"/);
  });
});
