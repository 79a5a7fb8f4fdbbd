import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { reactionTo, type Undone } from "../../proxy-image/src/stubdomain/state/contention";
import { readRecord } from "../../proxy-image/src/stubdomain/state/record";
import { COREFILES } from "./corefiles";
import { ANCHOR, BLOCK, scene, SPEC, TARGET, type Scene } from "./scene";

const KUBEADM = COREFILES.kubeadm!;
const MINUTE = 60_000;

async function installed(): Promise<Scene> {
  const made = scene();
  made.cluster.create(ANCHOR, {});
  await made.round();
  assert.equal(made.corefile(), KUBEADM + BLOCK);
  return made;
}

describe("the answer to an overwritten block", () => {
  const at = (minutes: number) => new Date(Date.parse("2030-01-01T00:00:00Z") + minutes * MINUTE);
  const undone = (times: number): Undone => ({ times, at: at(0).toISOString(), version: "7" });

  it("is to count it and put it back, at the first time and after long peace", () => {
    assert.deepEqual(reactionTo(undefined, "7", at(0)), { do: "count", undone: undone(1) });
    const later = reactionTo(undone(5), "8", at(31));
    assert.equal(later.do === "count" ? later.undone.times : 0, 1);
  });

  it("is to write once it is counted", () => {
    assert.deepEqual(reactionTo(undone(3), "7", at(0)), { do: "write" });
  });

  it("waits twice as long each time, up to ten minutes", () => {
    const pauses = [1, 2, 3, 4, 5, 6, 20].map((times) => {
      const answer = reactionTo(undone(times), "8", at(0));
      return answer.do === "hold" ? (Date.parse(answer.until) - at(0).getTime()) / 1000 : undefined;
    });
    assert.deepEqual(pauses, [30, 60, 120, 240, 480, 600, 600]);
    const after = reactionTo(undone(2), "8", at(1));
    assert.equal(after.do === "count" ? after.undone.times : 0, 3);
  });
});

describe("another controller that undoes our writes", () => {
  /** It acts after each of our rounds, every two seconds, as the controller's own pace is. */
  async function fight(made: Scene, minutes: number, spec = SPEC): Promise<number> {
    const before = made.cluster.corefiles.length;
    for (let ms = 0; ms < minutes * MINUTE; ms += 2000) {
      await made.round(spec);
      if (made.corefile() !== KUBEADM) made.cluster.edit(TARGET, "addon-manager", KUBEADM);
      made.pass(2000);
    }
    return made.cluster.corefiles.length - before;
  }

  it("is not fought: an hour of it costs few writes, events and patches of the anchor", async () => {
    const made = await installed();
    const events = made.cluster.events.length;
    const writes = await fight(made, 60);
    // At 0, 0.5, 1.5, 3.5, 7.5, 15.5, 25.5, 35.5, 45.5 and 55.5 minutes.
    assert.equal(writes, 10);
    assert.ok(
      made.cluster.events.length - events < 4 * writes,
      `${made.cluster.events.length - events} events`,
    );
    const metrics = await made.world.metrics.registry.metrics();
    assert.match(metrics, /k8s_egress_stub_domain_overwritten_total 10\n/);
    assert.match(metrics, /k8s_egress_stub_domain_writes_total\{reason="heal"\} 10\n/);
  });

  it("is named in status and event, with when it will be tried again", async () => {
    const made = await installed();
    await fight(made, 10);
    await made.round();
    const { state, message } = made.status()!;
    assert.equal(state, "degraded");
    assert.match(
      message,
      /^"addon-manager" has overwritten the stub domain 6 times in a row; it is added again after 2030-/,
    );
    const degraded = made.cluster.events.filter(({ reason }) => reason === "StubDomainDegraded");
    assert.match(degraded.at(-1)!.message, /^"addon-manager" has overwritten the stub domain/);
  });

  it("writes nothing while it holds back, whatever changes beside the block", async () => {
    const made = await installed();
    await fight(made, 1);
    const writes = made.cluster.corefiles.length;
    for (let round = 0; round < 5; round++) {
      made.cluster.touch(TARGET);
      await made.round();
    }
    assert.equal(made.cluster.corefiles.length, writes);
    assert.equal(readRecord(made.cluster.get(ANCHOR))?.undone?.times, 2);
  });

  it("that gives in, leaves the block there, and the row is forgotten after half an hour", async () => {
    const made = await installed();
    await fight(made, 5);
    made.pass(10 * MINUTE);
    await made.round();
    assert.equal(made.status()?.state, "serving");
    made.pass(31 * MINUTE);
    made.cluster.edit(TARGET, "addon-manager", KUBEADM);
    await made.round();
    assert.equal(made.corefile(), KUBEADM + BLOCK);
    assert.equal(readRecord(made.cluster.get(ANCHOR))?.undone?.times, 1);
  });

  it("during an installation makes it fail in its time, with that reason, and nothing stays", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    made.proof.answer = { serves: false, reason: "NXDOMAIN" };
    let outcome;
    for (let ms = 0; outcome?.kind !== "failed"; ms += 2000) {
      assert.ok(ms < 6 * MINUTE, "ends soon after the four minutes");
      outcome = await made.round();
      if (made.corefile() !== KUBEADM) made.cluster.edit(TARGET, "addon-manager", KUBEADM);
      made.pass(2000);
    }
    assert.match(outcome.message, /"addon-manager" has overwritten the stub domain \d times in a row/);
    assert.equal(made.corefile(), KUBEADM);
    assert.ok(made.cluster.corefiles.length <= 6, `${made.cluster.corefiles.length} writes`);
  });

  it("does not stand in the way of removal", async () => {
    const made = await installed();
    await fight(made, 1);
    made.cluster.delete(ANCHOR);
    assert.deepEqual(await made.round(), { kind: "idle" });
    assert.equal(made.corefile(), KUBEADM);
    assert.ok(!made.cluster.configMaps.has("egress-stub/anchor"));
  });
});
