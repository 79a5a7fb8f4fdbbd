import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { COREFILES } from "./corefiles";
import { ANCHOR, scene, TARGET, type Scene } from "./scene";

const KUBEADM = COREFILES.kubeadm!;
const isGone = ({ cluster }: Scene) => !cluster.configMaps.has("egress-stub/anchor");

async function leaving(stillServedBy: string | undefined): Promise<Scene> {
  const made = scene();
  made.cluster.create(ANCHOR, {});
  await made.round();
  made.cluster.delete(ANCHOR);
  made.proof.stillServedBy = stillServedBy;
  return made;
}

describe("after its removal from the Corefile, the anchor", () => {
  it("stays while a server of the cluster's DNS still serves, and says which", async () => {
    const made = await leaving("10.244.0.9");
    for (let round = 0; round < 5; round++) {
      assert.deepEqual(await made.round(), { kind: "again" });
      made.pass(2000);
    }
    assert.equal(made.corefile(), KUBEADM);
    assert.equal(made.status()?.state, "leaving");
    assert.match(
      made.status()!.message,
      /out of ConfigMap kube-system\/coredns; 10\.244\.0\.9 has not noticed yet$/,
    );
    made.proof.stillServedBy = undefined;
    assert.deepEqual(await made.round(), { kind: "idle" });
    assert.ok(isGone(made));
  });

  it("goes at the deadline all the same, with an event", async () => {
    const made = await leaving("10.244.0.9");
    await made.round();
    made.pass(179_000);
    await made.round();
    assert.ok(!isGone(made));
    made.pass(2_000);
    assert.deepEqual(await made.round(), { kind: "idle" });
    assert.ok(isGone(made));
    assert.match(
      made.cluster.events.find(({ reason }) => reason === "StubDomainStillServed")?.message ?? "",
      /10\.244\.0\.9 still serves egress\.local/,
    );
  });

  it("goes at once when nobody serves, and when the target itself is gone", async () => {
    const made = await leaving(undefined);
    await made.round();
    assert.ok(isGone(made));
    const deleted = await leaving("10.244.0.9");
    deleted.cluster.configMaps.delete("kube-system/coredns");
    await deleted.round();
    assert.ok(isGone(deleted));
  });

  it("takes a block out again that comes back meanwhile", async () => {
    const made = await leaving("10.244.0.9");
    await made.round();
    const [withBlock] = made.cluster.corefiles;
    made.cluster.edit(TARGET, "gitops", withBlock!);
    await made.round();
    assert.equal(made.corefile(), KUBEADM);
    made.proof.stillServedBy = undefined;
    await made.round();
    assert.ok(isGone(made));
  });
});
