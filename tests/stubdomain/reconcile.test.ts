import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  APPLIED_ANNOTATION,
  FINALIZER,
  RECORD_ANNOTATION,
  STATUS_ANNOTATION,
} from "../../proxy-image/src/contract/stub-domain/anchor";
import { ApiError } from "../../proxy-image/src/stubdomain/cluster/cluster";
import { parseCorefile } from "../../proxy-image/src/stubdomain/corefile/server-blocks";
import { proofPacer } from "../../proxy-image/src/stubdomain/controller/proof-pacer";
import { COREFILES } from "./corefiles";
import { ownership } from "./fake-cluster";
import { ANCHOR, BLOCK, scene, SPEC, TARGET, type Scene } from "./scene";

const KUBEADM = COREFILES.kubeadm!;

async function installed(corefile = KUBEADM): Promise<Scene> {
  const made = scene(corefile);
  made.cluster.create(ANCHOR, {});
  assert.deepEqual(await made.round(), { kind: "idle" });
  assert.equal(made.corefile(), corefile + BLOCK);
  return made;
}

const annotations = ({ cluster }: Scene) => cluster.get(ANCHOR).metadata.annotations ?? {};
const reasons = ({ cluster }: Scene) => cluster.events.map(({ reason }) => reason);

describe("installation", () => {
  it("waits for the anchor and touches nothing", async () => {
    const { round, corefile } = scene();
    assert.deepEqual(await round(), { kind: "idle" });
    assert.equal(corefile(), KUBEADM);
  });

  it("records, holds the anchor, writes, proves and says so", async () => {
    const made = await installed();
    assert.equal(annotations(made)[APPLIED_ANNOTATION], SPEC.specHash);
    assert.deepEqual(made.cluster.get(ANCHOR).metadata.finalizers, [FINALIZER]);
    assert.equal(made.status()?.state, "serving");
    assert.deepEqual(reasons(made), ["StubDomainWritten", "StubDomainServing"]);
    const record = JSON.parse(annotations(made)[RECORD_ANNOTATION]!) as unknown;
    assert.deepEqual(record, {
      version: 1,
      target: TARGET,
      blocks: [{ domain: "egress.local", inserted: BLOCK, proven: true }],
      owners: [ownership("kubeadm")],
    });
  });

  it("has recorded everything before it writes", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    made.cluster.onPatch = (_count, when) => {
      if (when === "before" || made.corefile() === KUBEADM) return;
      assert.ok(annotations(made)[RECORD_ANNOTATION]?.includes(JSON.stringify(BLOCK)));
      assert.deepEqual(made.cluster.get(ANCHOR).metadata.finalizers, [FINALIZER]);
    };
    await made.round();
  });

  it("keeps finalizers of others", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, { metadata: { finalizers: ["example.org/other"] } });
    await made.round();
    assert.deepEqual(made.cluster.get(ANCHOR).metadata.finalizers, ["example.org/other", FINALIZER]);
  });

  it("changes nothing when all is well", async () => {
    const made = await installed();
    const before = [made.cluster.get(ANCHOR), made.cluster.get(TARGET)];
    await made.round();
    assert.deepEqual([made.cluster.get(ANCHOR), made.cluster.get(TARGET)], before);
  });

  it("waits for the proof, and marks nothing as applied meanwhile", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    made.proof.answer = { serves: false, reason: "10.0.0.9 answers NXDOMAIN" };
    assert.deepEqual(await made.round(), { kind: "again" });
    made.pass(SPEC.proofTimeoutMs);
    assert.deepEqual(await made.round(), { kind: "again" });
    assert.equal(annotations(made)[APPLIED_ANNOTATION], undefined);
    assert.equal(made.status()?.state, "installing");
    made.proof.answer = { serves: true };
    assert.deepEqual(await made.round(), { kind: "idle" });
    assert.equal(annotations(made)[APPLIED_ANNOTATION], SPEC.specHash);
  });

  it("takes everything back when the proof does not come in time, and gives the reason", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    made.proof.answer = { serves: false, reason: "10.0.0.9 answers NXDOMAIN" };
    await made.round();
    assert.equal(made.corefile(), KUBEADM + BLOCK);
    made.pass(SPEC.proofTimeoutMs + 1000);
    const outcome = await made.round();
    assert.match(
      outcome.kind === "failed" ? outcome.message : "",
      /does not serve egress\.local.*10\.0\.0\.9 answers NXDOMAIN/,
    );
    assert.equal(made.corefile(), KUBEADM);
    assert.deepEqual(made.cluster.get(TARGET).metadata.managedFields, [ownership("kubeadm")]);
    assert.deepEqual(made.cluster.get(ANCHOR).metadata.finalizers, []);
    assert.equal(annotations(made)[RECORD_ANNOTATION], undefined);
    assert.deepEqual(reasons(made), ["StubDomainWritten", "StubDomainFailed", "StubDomainReverted"]);
  });

  it("takes it back, too, when the API server does not say whom to ask", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    made.world.prove = () => Promise.reject(new ApiError("endpointslices is forbidden", 403));
    assert.deepEqual(await made.round(), { kind: "again" });
    made.pass(SPEC.proofTimeoutMs + 1000);
    const outcome = await made.round();
    assert.match(outcome.kind === "failed" ? outcome.message : "", /endpointslices is forbidden/);
    assert.equal(made.corefile(), KUBEADM);
  });

  it("reports in one line of bounded length, whatever the Corefile holds", async () => {
    const made = await installed();
    made.cluster.edit(TARGET, "me", `"${"x\n".repeat(100_000)}\u001b[2J" {\n`);
    await made.round();
    const message = made.status()?.message ?? "";
    assert.match(message, /^Corefile, line 1: the server block "x\\nx\\n/);
    assert.ok(message.length <= 1000);
    assert.doesNotMatch(message, /\p{Cc}/u);
  });

  it("after a failure writes nothing for some minutes, longer each time, and then tries again", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    made.proof.answer = { serves: false, reason: "no" };
    const pauses: number[] = [];
    for (let failure = 0; failure < 6; failure++) {
      await made.round();
      made.pass(SPEC.proofTimeoutMs + 1000);
      assert.equal((await made.round()).kind, "failed");
      const writes = made.cluster.corefiles.length;
      let minutes = 0;
      while ((await made.round()).kind === "failed") {
        assert.equal(made.cluster.corefiles.length, writes);
        made.pass(60_000);
        minutes++;
      }
      pauses.push(minutes);
    }
    assert.deepEqual(pauses, [5, 10, 20, 40, 60, 60]);
  });

  it("tries another specification at once", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    made.proof.answer = { serves: false, reason: "no" };
    await made.round();
    made.pass(SPEC.proofTimeoutMs + 1000);
    await made.round();
    made.proof.answer = undefined;
    assert.deepEqual(await made.round({ ...SPEC, specHash: "abc2" }), { kind: "idle" });
    assert.equal(made.corefile(), KUBEADM + BLOCK);
  });

  it("gives the full time to a write that comes long after its record", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    made.cluster.onPatch = (count, when) => {
      if (count === 2 && when === "before") throw new Error("killed");
    };
    await assert.rejects(made.round(), /killed/);
    made.pass(3_600_000);
    made.proof.answer = { serves: false, reason: "not yet" };
    made.cluster.onPatch = () => undefined;
    assert.deepEqual(await made.round(), { kind: "again" });
    assert.equal(made.corefile(), KUBEADM + BLOCK);
  });

  it("listens on the default block's port and addresses", async () => {
    const made = scene(".:1053 {\n  bind 10.0.0.1\n  reload\n}\n");
    made.cluster.create(ANCHOR, {});
    await made.round();
    assert.match(made.corefile(), /\negress\.local:1053 \{\n {2}bind 10\.0\.0\.1\n {2}errors\n/);
  });

  const hopeless: [name: string, change: (made: Scene) => void, reason: RegExp][] = [
    ["the target is gone", ({ cluster }) => cluster.delete(TARGET), /kube-system\/coredns does not exist/],
    [
      "it has no Corefile",
      ({ cluster }) => cluster.create(TARGET, { data: { other: "" } }),
      /has no key "Corefile"/,
    ],
    [
      "it is immutable",
      ({ cluster }) => cluster.create(TARGET, { data: { Corefile: KUBEADM }, immutable: true }),
      /is immutable/,
    ],
    ["it does not lex", ({ cluster }) => cluster.edit(TARGET, "me", ".:53 {\n errors }\n"), /line 2: "}"/],
    ["it has no reload", ({ cluster }) => cluster.edit(TARGET, "me", ".:53 {\n errors\n}\n"), /"reload"/],
    [
      "the zone is taken",
      ({ cluster }) => cluster.edit(TARGET, "me", `${KUBEADM}egress.local {\n whoami\n}\n`),
      /line 24.*served already/,
    ],
    [
      "the text was pasted before",
      ({ cluster }) => cluster.edit(TARGET, "me", KUBEADM + BLOCK.replace(/#.*\n/, "")),
      /served already/,
    ],
    [
      "the Service is gone",
      ({ cluster }) => cluster.services.clear(),
      /egress\/egress-dns.*has no ClusterIP/,
    ],
    [
      "the Service is headless",
      ({ cluster }) =>
        cluster.services.set("egress/egress-dns", { metadata: TARGET, spec: { clusterIP: "None" } }),
      /has no ClusterIP/,
    ],
  ];
  for (const [name, change, reason] of hopeless) {
    it(`fails with the reason, having written nothing: ${name}`, async () => {
      const made = scene();
      made.cluster.create(ANCHOR, {});
      change(made);
      const outcome = await made.round();
      assert.match(outcome.kind === "failed" ? outcome.message : "", reason);
      assert.deepEqual(made.cluster.corefiles, []);
      assert.deepEqual(made.cluster.get(ANCHOR).metadata.finalizers ?? [], []);
    });
  }

  it("takes over its own block when the anchor was made anew", async () => {
    const made = await installed();
    made.cluster.configMaps.delete("egress-stub/anchor");
    made.cluster.create(ANCHOR, {});
    assert.deepEqual(await made.round(), { kind: "idle" });
    assert.equal(made.corefile(), KUBEADM + BLOCK);
    made.cluster.delete(ANCHOR);
    await made.round();
    assert.equal(made.corefile(), KUBEADM);
  });
});

describe("healing", () => {
  it("adds the block again after somebody overwrote the Corefile, and gives it back to that one", async () => {
    const made = await installed();
    const upgraded = KUBEADM.replace("lameduck 5s", "lameduck 9s");
    made.cluster.edit(TARGET, "addon", upgraded);
    const owner = made.cluster.get(TARGET).metadata.managedFields;
    await made.round();
    assert.equal(made.corefile(), upgraded + BLOCK);
    assert.ok(reasons(made).includes("StubDomainRestored"));
    made.cluster.delete(ANCHOR);
    await made.round();
    assert.equal(made.corefile(), upgraded);
    assert.deepEqual(made.cluster.get(TARGET).metadata.managedFields, owner);
  });

  it("follows the default block's port", async () => {
    const made = await installed();
    made.cluster.edit(TARGET, "addon", made.corefile().replace(".:53 {", ".:5353 {"));
    await made.round();
    assert.deepEqual(
      parseCorefile(made.corefile()).blocks.map(({ keys }) => keys),
      [[".:5353"], ["egress.local:5353"]],
    );
  });

  it("does not fight a file that was only written anew", async () => {
    const made = await installed();
    const anew = KUBEADM + BLOCK.replace(/\n#.*\n/, "").replaceAll("\n  ", "\n\t");
    made.cluster.edit(TARGET, "kubeadm", anew);
    await made.round();
    assert.equal(made.corefile(), anew);
    made.cluster.delete(ANCHOR);
    await made.round();
    assert.equal(made.corefile(), KUBEADM);
  });

  it("keeps a block that an older version wrote with another comment, and takes it out exactly", async () => {
    const made = await installed();
    const older = BLOCK.replace("managed by k8s-egress egress-stub/anchor", "put here by k8s-egress 0.0.1");
    made.cluster.edit(TARGET, "k8s-egress", KUBEADM + older);
    const anchor = made.cluster.get(ANCHOR);
    const record = anchor.metadata.annotations![RECORD_ANNOTATION]!.replace(
      JSON.stringify(BLOCK),
      JSON.stringify(older),
    );
    await made.cluster.patchConfigMap(ANCHOR, {
      metadata: {
        resourceVersion: anchor.metadata.resourceVersion!,
        annotations: { [RECORD_ANNOTATION]: record },
      },
    });
    assert.deepEqual(await made.round(), { kind: "idle" });
    assert.equal(made.corefile(), KUBEADM + older);
    made.cluster.delete(ANCHOR);
    await made.round();
    assert.equal(made.corefile(), KUBEADM);
  });

  it("follows the Service to another address, and keeps no trace of the old one", async () => {
    const made = await installed();
    made.cluster.services.set("egress/egress-dns", { metadata: TARGET, spec: { clusterIP: "10.96.7.7" } });
    await made.round();
    assert.equal(made.corefile(), KUBEADM + BLOCK.replace("10.96.3.4", "10.96.7.7"));
    assert.doesNotMatch(annotations(made)[RECORD_ANNOTATION]!, /10\.96\.3\.4/);
  });

  it("only reports when the proof fails later, however long", async () => {
    const made = await installed();
    made.proof.answer = { serves: false, reason: "10.0.0.9: no answer" };
    for (let minute = 0; minute < 30; minute++) {
      assert.deepEqual(await made.round(), { kind: "again" });
      made.pass(60_000);
    }
    assert.equal(made.corefile(), KUBEADM + BLOCK);
    assert.equal(made.status()?.state, "degraded");
    assert.equal(reasons(made).filter((reason) => reason === "StubDomainDegraded").length, 1);
    made.proof.answer = undefined;
    await made.round();
    assert.equal(made.status()?.state, "serving");
  });

  const trouble: [name: string, change: (made: Scene) => void, reason: RegExp][] = [
    [
      "it does not lex",
      ({ cluster, corefile }) => cluster.edit(TARGET, "me", corefile().replace("ready", "ready }")),
      /line 6/,
    ],
    [
      "the block was changed by hand",
      ({ cluster, corefile }) => cluster.edit(TARGET, "me", corefile().replace("10.96.3.4", "1.1.1.1")),
      /served already/,
    ],
    ["the target is gone", ({ cluster }) => cluster.delete(TARGET), /does not exist/],
    ["the Service is gone", ({ cluster }) => cluster.services.clear(), /has no ClusterIP/],
  ];
  for (const [name, change, reason] of trouble) {
    it(`reports, and writes nothing: ${name}`, async () => {
      const made = await installed();
      const writes = made.cluster.corefiles.length;
      change(made);
      assert.deepEqual(await made.round(), { kind: "again" });
      assert.equal(made.status()?.state, "degraded");
      assert.match(made.status()?.message ?? "", reason);
      assert.equal(made.cluster.corefiles.length, writes);
    });
  }

  it("asks the cluster's DNS only when a proof is due, but always after a write", async () => {
    const made = scene();
    made.world.pacer = proofPacer(30_000, () => made.world.now().getTime());
    made.cluster.create(ANCHOR, {});
    await made.round();
    const before = made.proof.count;
    made.pass(29_000);
    await made.round();
    assert.equal(made.proof.count, before);
    made.cluster.edit(TARGET, "addon", KUBEADM);
    await made.round();
    assert.equal(made.proof.count, before + 1);
    made.pass(30_000);
    await made.round();
    assert.equal(made.proof.count, before + 2);
  });
});

describe("a changed specification", () => {
  const OTHER = { ...SPEC, domain: "out.example", specHash: "abc2" };
  const OTHER_BLOCK = BLOCK.replace("egress.local:53", "out.example:53");

  it("replaces the old block by the new one in one write", async () => {
    const made = await installed();
    const writes = made.cluster.corefiles.length;
    await made.round(OTHER);
    assert.deepEqual(made.cluster.corefiles.slice(writes), [KUBEADM + OTHER_BLOCK]);
    assert.equal(annotations(made)[APPLIED_ANNOTATION], "abc2");
    made.cluster.delete(ANCHOR);
    await made.round(OTHER);
    assert.equal(made.corefile(), KUBEADM);
  });

  it("puts the old block back when the new one does not serve", async () => {
    const made = await installed();
    made.proof.answer = { serves: false, reason: "no" };
    await made.round(OTHER);
    made.pass(SPEC.proofTimeoutMs + 1000);
    assert.equal((await made.round(OTHER)).kind, "failed");
    assert.equal(made.corefile(), KUBEADM + BLOCK);
    assert.deepEqual(made.cluster.get(ANCHOR).metadata.finalizers, [FINALIZER]);
    made.cluster.delete(ANCHOR);
    await made.round(OTHER);
    assert.equal(made.corefile(), KUBEADM);
    assert.deepEqual(made.cluster.get(TARGET).metadata.managedFields, [ownership("kubeadm")]);
  });

  it("needs no write when only the hash is another", async () => {
    const made = await installed();
    const writes = made.cluster.corefiles.length;
    await made.round({ ...SPEC, specHash: "abc3" });
    assert.equal(annotations(made)[APPLIED_ANNOTATION], "abc3");
    assert.equal(made.cluster.corefiles.length, writes);
  });
});

describe("removal", () => {
  const anyCorefile = Object.entries(COREFILES).filter(([, text]) => text.includes("reload"));
  for (const [name, corefile] of anyCorefile) {
    it(`leaves text and owners as they were: ${name}`, async () => {
      const made = scene(corefile);
      const before = made.cluster.get(TARGET);
      made.cluster.create(ANCHOR, {});
      await made.round();
      assert.notEqual(made.corefile(), corefile);
      made.cluster.delete(ANCHOR);
      assert.deepEqual(await made.round(), { kind: "idle" });
      const after = made.cluster.get(TARGET);
      assert.deepEqual(
        { ...after.metadata, resourceVersion: "", annotations: {} },
        { ...before.metadata, resourceVersion: "", annotations: {} },
      );
      assert.deepEqual(after.data, before.data);
      assert.equal(made.cluster.configMaps.has("egress-stub/anchor"), false);
    });
  }

  it("lets go when the target is gone, or has no Corefile, or no block of ours", async () => {
    const changes: ((made: Scene) => void)[] = [
      ({ cluster }) => cluster.delete(TARGET),
      ({ cluster }) => cluster.create(TARGET, { data: {} }),
      ({ cluster }) => cluster.edit(TARGET, "me", KUBEADM),
    ];
    for (const change of changes) {
      const made = await installed();
      change(made);
      made.cluster.delete(ANCHOR);
      await made.round();
      assert.equal(made.cluster.configMaps.has("egress-stub/anchor"), false);
    }
  });

  const blocked: [name: string, edit: (text: string) => string, reason: RegExp][] = [
    ["it does not lex any more", (text) => text.replace("ready", "ready }"), /line 6/],
    ["the block was changed by hand", (text) => text.replace("10.96.3.4", "1.1.1.1"), /changed by hand/],
  ];
  for (const [name, edit, reason] of blocked) {
    it(`waits for a hand and says so: ${name}`, async () => {
      const made = await installed();
      const text = edit(made.corefile());
      made.cluster.edit(TARGET, "me", text);
      made.cluster.delete(ANCHOR);
      assert.deepEqual(await made.round(), { kind: "again" });
      assert.equal(made.status()?.state, "blocked");
      assert.match(made.status()?.message ?? "", reason);
      assert.ok(reasons(made).includes("StubDomainBlocked"));
      assert.equal(made.corefile(), text);
      made.cluster.edit(TARGET, "me", KUBEADM);
      await made.round();
      assert.equal(made.cluster.configMaps.has("egress-stub/anchor"), false);
    });
  }

  it("leaves finalizers of others on the anchor", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, { metadata: { finalizers: ["example.org/other"] } });
    await made.round();
    made.cluster.delete(ANCHOR);
    await made.round();
    assert.deepEqual(made.cluster.get(ANCHOR).metadata.finalizers, ["example.org/other"]);
    assert.equal(made.corefile(), KUBEADM);
  });

  it("lets an anchor go that has no record: nothing was ever written", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, { metadata: { finalizers: [FINALIZER] } });
    made.cluster.delete(ANCHOR);
    assert.deepEqual(await made.round(), { kind: "idle" });
    assert.equal(made.cluster.configMaps.has("egress-stub/anchor"), false);
    assert.deepEqual(made.cluster.corefiles, []);
  });

  it("lets an anchor of an earlier release go, whose finalizer had another name", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, { metadata: { finalizers: ["k8s-egress/stub-domain"] } });
    await made.round();
    assert.deepEqual(made.cluster.get(ANCHOR).metadata.finalizers, ["k8s-egress/stub-domain"]);
    assert.equal(made.corefile(), KUBEADM + BLOCK);
    made.cluster.delete(ANCHOR);
    await made.round();
    assert.equal(made.corefile(), KUBEADM);
    assert.equal(made.cluster.configMaps.has("egress-stub/anchor"), false);
  });

  it("touches nothing on a record that it does not understand", async () => {
    const records = [
      "{",
      "[]",
      '{"version":2}',
      '{"version":1,"target":{"namespace":"kube-system","name":"coredns"},"owners":[],"blocks":[{"domain":"egress.local","inserted":".:53 {\\n}\\n","proven":true}]}',
    ];
    for (const record of records) {
      const made = scene();
      made.cluster.create(ANCHOR, {
        metadata: { finalizers: [FINALIZER], annotations: { [RECORD_ANNOTATION]: record } },
      });
      made.cluster.delete(ANCHOR);
      assert.deepEqual(await made.round(), { kind: "again" }, record);
      assert.equal(made.status()?.state, "blocked");
      assert.deepEqual(made.cluster.corefiles, []);
    }
  });

  it("lets the anchor go when the API server does not take the ownership back", async () => {
    const made = await installed();
    const patch = made.cluster.patchConfigMap;
    made.cluster.patchConfigMap = (name, body) =>
      body.metadata.managedFields ? Promise.reject(new ApiError("invalid", 422)) : patch(name, body);
    made.cluster.delete(ANCHOR);
    assert.deepEqual(await made.round(), { kind: "idle" });
    assert.equal(made.corefile(), KUBEADM);
    assert.equal(made.cluster.configMaps.has("egress-stub/anchor"), false);
  });
});

describe("a crash", () => {
  /** Cuts the controller off at its n-th write, before or after it took effect. */
  const cutOff = (made: Scene, at: number, where: "before" | "after") => {
    made.cluster.onPatch = (count, when) => {
      if (count === at && when === where) throw new Error("killed");
    };
  };
  const resume = (made: Scene) => {
    made.cluster.onPatch = () => undefined;
  };

  for (const where of ["before", "after"] as const) {
    for (const at of [1, 2, 3, 4]) {
      it(`${where} write ${at} of an installation: the next start goes on`, async () => {
        const made = scene();
        made.cluster.create(ANCHOR, {});
        cutOff(made, at, where);
        await made.round().catch(() => undefined);
        resume(made);
        await made.round();
        assert.equal(made.corefile(), KUBEADM + BLOCK);
        assert.equal(made.status()?.state, "serving");
      });

      it(`${where} write ${at} of an installation: removal leaves nothing`, async () => {
        const made = scene();
        made.cluster.create(ANCHOR, {});
        cutOff(made, at, where);
        await made.round().catch(() => undefined);
        resume(made);
        made.cluster.delete(ANCHOR);
        await made.round();
        assert.equal(made.corefile(), KUBEADM);
        assert.deepEqual(made.cluster.get(TARGET).metadata.managedFields, [ownership("kubeadm")]);
        assert.equal(made.cluster.configMaps.has("egress-stub/anchor"), false);
      });

      it(`${where} write ${at} of a removal: the next start ends it`, async () => {
        const made = scene();
        made.cluster.create(ANCHOR, {});
        await made.round();
        made.cluster.delete(ANCHOR);
        let count = 0;
        made.cluster.onPatch = (_count, when) => {
          if (when === "before") count++;
          if (count === at && when === where) throw new Error("killed");
        };
        await made.round().catch(() => undefined);
        resume(made);
        await made.round();
        assert.equal(made.corefile(), KUBEADM);
        assert.deepEqual(made.cluster.get(TARGET).metadata.managedFields, [ownership("kubeadm")]);
        assert.equal(made.cluster.configMaps.has("egress-stub/anchor"), false);
      });
    }
  }

  it("during a change leaves nothing that removal does not find", async () => {
    const other = { ...SPEC, domain: "out.example", specHash: "abc2" };
    for (const at of [1, 2, 3, 4]) {
      const made = scene();
      made.cluster.create(ANCHOR, {});
      await made.round();
      let count = 0;
      made.cluster.onPatch = (_count, when) => {
        if (when === "after" && ++count === at) throw new Error("killed");
      };
      await made.round(other).catch(() => undefined);
      resume(made);
      made.cluster.delete(ANCHOR);
      await made.round(other);
      assert.equal(made.corefile(), KUBEADM, `killed after write ${at}`);
    }
  });
});

describe("several writers", () => {
  it("reads again after a conflict", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    let disturbed = 0;
    made.cluster.onPatch = (_count, when) => {
      if (when === "before" && disturbed++ < 3)
        made.cluster.edit(TARGET, "other", `${made.corefile()}# ${disturbed}\n`);
    };
    await made.round();
    assert.equal(made.corefile(), `${KUBEADM}# 1\n# 2\n# 3\n${BLOCK}`);
  });

  it("two stub domains share a Corefile, and leave in either order", async () => {
    const second = {
      ...SPEC,
      domain: "out.example",
      anchor: { namespace: "egress-stub", name: "anchor-2" },
      specHash: "abc2",
    };
    for (const order of [
      [SPEC, second],
      [second, SPEC],
    ]) {
      const made = await installed();
      made.cluster.create(second.anchor, {});
      await made.round(second);
      assert.equal(parseCorefile(made.corefile()).blocks.length, 3);
      await made.round();
      for (const spec of order) {
        made.cluster.delete(spec.anchor);
        assert.deepEqual(await made.round(spec), { kind: "idle" });
      }
      assert.equal(made.corefile(), KUBEADM);
      assert.deepEqual(made.cluster.get(TARGET).metadata.managedFields, [ownership("kubeadm")]);
    }
  });
});

describe("every Corefile that was ever written", () => {
  it("is legal, and has the zone at most once, in a long random life", async () => {
    const made = scene();
    const actions: ((made: Scene, step: number) => void)[] = [
      ({ cluster }) =>
        cluster.configMaps.has("egress-stub/anchor") ? undefined : cluster.create(ANCHOR, {}),
      ({ cluster }) => cluster.delete(ANCHOR),
      ({ cluster }, step) =>
        cluster.edit(TARGET, "addon", Object.values(COREFILES)[step % Object.keys(COREFILES).length]!),
      ({ cluster, corefile }) => cluster.edit(TARGET, "me", `${corefile().trimEnd()}\n# note`),
      ({ cluster }, step) =>
        cluster.services.set("egress/egress-dns", {
          metadata: TARGET,
          spec: { clusterIP: `10.96.0.${step % 5}` },
        }),
      ({ proof }, step) => void (proof.answer = step % 2 ? { serves: false, reason: "no" } : undefined),
      ({ pass }) => pass(250_000),
    ];
    for (let step = 0; step < 1500; step++) {
      actions[(step * 7919 + (step >> 3)) % actions.length]!(made, step);
      await made.round({ ...SPEC, specHash: step % 50 < 25 ? "a" : "b" });
    }
    assert.ok(made.cluster.corefiles.length > 100);
    for (const text of made.cluster.corefiles) {
      const zones = parseCorefile(text)
        .blocks.flatMap(({ keys }) => keys)
        .filter((key) => key.startsWith("egress.local"));
      assert.ok(zones.length <= 1);
    }
    made.cluster.edit(TARGET, "addon", KUBEADM);
    made.cluster.delete(ANCHOR);
    await made.round();
    assert.equal(made.corefile(), KUBEADM);
    assert.ok(!made.cluster.configMaps.has("egress-stub/anchor"), JSON.stringify(made.status()));
  });
});

it("status text is for people", async () => {
  const made = await installed();
  assert.match(
    annotations(made)[STATUS_ANNOTATION]!,
    /the cluster's DNS serves egress\.local from egress\/egress-dns/,
  );
});
