import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../cluster";
import { type ClusterInUse, useCluster } from "../cluster/shared";
import { whilePaused } from "./faults/paused";
import { type Controller, type FaultScene, faultScene } from "./faults/scene";
import { applyCorefile, readCorefile } from "./support/corefile";
import { startCoreDns } from "./support/coredns-start";
import { coreDns } from "./support/coredns-verdicts";
import { until } from "./support/wait";

/** Whose Corefile it is. */
const manager = "cluster-addons";

describe("faults around the stub domain, in the cluster's own DNS", () => {
  let inUse: ClusterInUse;
  let cluster: Cluster;
  let scene: FaultScene;
  let untouched: string;
  let queries: ReturnType<FaultScene["startQueries"]>;
  let watch: ReturnType<FaultScene["watchCorefile"]>;
  const controllers: Controller[] = [];
  let faults = 0;
  const began: string[] = [];

  before(async () => {
    inUse = await useCluster();
    cluster = inUse.cluster;
    scene = await faultScene(cluster);
    untouched = await scene.corefile();
    queries = scene.startQueries();
    watch = scene.watchCorefile();
    await sleep(1000);
  });
  after(async () => {
    for (const controller of controllers) await controller.stop();
    // A fault that failed may have left its Corefile, with which the next files would fail too.
    await restore();
    await scene.remove();
    await inUse.release();
  });

  beforeEach((context) => void began.push(`${new Date().toISOString()} ${context.name}`));

  const start = (options?: Parameters<FaultScene["startController"]>[0]) => {
    const controller = scene.startController(options);
    controllers.push(controller);
    return controller;
  };
  const installed = () => until("the proof", scene.applied);
  const inState = (state: string) => until(`state ${state}`, async () => (await scene.state()) === state);
  const removeAnchor = () =>
    scene.run([
      "delete",
      "configmap",
      scene.spec.anchor.name,
      "-n",
      scene.spec.anchor.namespace,
      "--wait=false",
    ]);
  const gone = () => until("the anchor to be gone", async () => (await scene.anchor()) === undefined);
  const restore = () => applyCorefile(scene.run, untouched, { manager, force: true });

  /** A cluster in which the stub domain serves, for what happens to it then; and afterwards none. */
  async function serving(fault: (controller: Controller) => Promise<unknown>): Promise<void> {
    faults++;
    await scene.createAnchor();
    const controller = start();
    await installed();
    await inState("serving");
    await fault(controller);
    await removeAnchor();
    await gone();
    await controller.stop();
    assert.equal(await scene.corefile(), untouched);
  }

  // An installation has three writes (record, Corefile, status), a removal four (Corefile, ownership, record, release).
  for (const at of [1, 2, 3, 4]) {
    for (const when of ["before", "after"] as const) {
      it(`killed ${when} write ${at}, of installation and of removal: the next start ends both`, async () => {
        const before = await readCorefile(scene.run);
        await scene.createAnchor();
        if (at <= 3) {
          faults++;
          const { signal, log } = await start({ die: { at, when } }).ended;
          assert.equal(signal ?? "SIGKILL", "SIGKILL", log);
          assert.ok(!log.includes("stopped"), log);
        }
        const second = start();
        await installed();
        await second.stop();
        await removeAnchor();
        faults++;
        await start({ die: { at, when } }).ended;
        const third = start();
        await gone();
        await third.stop();
        assert.deepEqual(await readCorefile(scene.run), before);
      });
    }
  }

  // CoreDNS itself answers SERVFAIL for the cluster's names when it reloads while the API server is away: plugin/kubernetes
  // waits 5 s for it. So nobody writes meanwhile, and we can't.
  it("the API server stops answering and comes back", async () => {
    await serving(async () => {
      await whilePaused(cluster, "kube-apiserver", () => sleep(8000));
      await inState("serving");
      await restore();
      await until("the block", async () => (await scene.corefile()).includes("egress.local:53"));
      await inState("serving");
    });
  });

  it("its rights are taken away, and given again", async () => {
    await serving(async () => {
      const binding = ["rolebinding", `stub-${scene.spec.anchor.name}`, "-n", "kube-system"];
      const granted = await scene.run(["get", ...binding, "-o", "json"]);
      await scene.run(["delete", ...binding]);
      await restore();
      await sleep(4000);
      assert.equal(await scene.corefile(), untouched);
      const { metadata, ...rest } = JSON.parse(granted) as { metadata: { name: string; namespace: string } };
      const { name, namespace } = metadata;
      await scene.run(["create", "-f", "-"], JSON.stringify({ ...rest, metadata: { name, namespace } }));
      await until("the block", async () => (await scene.corefile()).includes("egress.local:53"));
      await inState("serving");
    });
  });

  it("the ConfigMap is deleted, and made anew", async () => {
    await serving(async () => {
      await scene.run(["delete", "configmap", "coredns", "-n", "kube-system"]);
      await inState("degraded");
      await applyCorefile(scene.run, untouched, { manager });
      await until("the block", async () => (await scene.corefile()).includes("egress.local:53"));
      await inState("serving");
    });
  });

  // A CoreDNS that reloads an empty Corefile listens nowhere any more, nor for a better one: so no kubelet hands it out.
  it("the ConfigMap is emptied: nothing is written into it", async () => {
    await serving(async () => {
      await whilePaused(cluster, "kubelet", async () => {
        const patch = JSON.stringify({ data: { Corefile: "" } });
        await scene.run(["patch", "configmap", "coredns", "-n", "kube-system", "--type=merge", "-p", patch]);
        await inState("degraded");
        assert.equal(await scene.corefile(), "");
        await restore();
      });
      await inState("serving");
    });
  });

  it("the ConfigMap is replaced by an addon's upgrade", async () => {
    await serving(async () => {
      await applyCorefile(scene.run, `${untouched}# upgraded\n`, { manager: "addon-upgrade", force: true });
      await until("the block", async () => (await scene.corefile()).includes("egress.local:53"));
      await inState("serving");
      // Taken back by its owner, for the next test.
      await restore();
      await until("the block", async () => (await scene.corefile()).includes("egress.local:53"));
      await inState("serving");
    });
  });

  it("CoreDNS refuses the text, for somebody's plugin that it does not have: it is taken back, with the reason", async () => {
    faults++;
    const theirs = untouched.replace("ready\n", "ready\n    nosuchplugin\n");
    // Until the block is in, CoreDNS must not know of theirs: a failed reload is found before anything is written.
    const controller = await whilePaused(cluster, "kubelet", async () => {
      await applyCorefile(scene.run, theirs, { manager, force: true });
      await scene.createAnchor();
      const started = start({ spec: { ...scene.spec, proofTimeoutMs: 8000 } });
      await until("the block", async () => (await scene.corefile()).includes("egress.local:53"));
      return started;
    });
    const { log } = await controller.ended;
    assert.match(log, /does not serve egress\.local from .*not tried again before [^\n]*\n$/);
    assert.equal(await scene.corefile(), theirs);
    await removeAnchor();
    await gone();
    await restore();
  });

  it("no controller at destroy, because its image can't be had: dns remove ends it", async () => {
    faults++;
    await scene.createAnchor();
    const controller = start();
    await installed();
    await controller.stop();
    await removeAnchor();
    await sleep(2000);
    assert.notEqual((await scene.anchor())?.metadata.deletionTimestamp, undefined);
    const main = join(__dirname, "../../proxy-image/src/cli/main.ts");
    const anchor = `${scene.spec.anchor.namespace}/${scene.spec.anchor.name}`;
    const args = [
      "--import=tsx",
      main,
      "dns",
      "remove",
      "--kubeconfig",
      cluster.kubeconfig,
      "--anchor",
      anchor,
    ];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    await gone();
    assert.equal(await scene.corefile(), untouched);
  });

  it("meanwhile no query was lost, and CoreDNS would have started with every version of the Corefile", async () => {
    await watch.stop();
    const { sent, repeated, lost, reasons } = await queries.stop();
    const program = await coreDns();
    const refused: string[] = [];
    // What another wrote is not ours to answer for.
    const versions = [...watch.versions].filter((text) => !text.includes("nosuchplugin"));
    for (const text of versions) {
      const { serves, log } = await startCoreDns(program, text);
      if (!serves) refused.push(`${text}\n${log}`);
    }
    console.log(
      `faults tried ${faults}; DNS queries sent meanwhile ${sent}, answered when repeated ${repeated}, lost ${lost}; ` +
        `versions of the Corefile written ${versions.length}, with which CoreDNS does not start ${refused.length}`,
    );
    const unanswered = ["unanswered at first:", ...reasons, "faults:", ...began].join("\n");
    const wrong = [`${lost} queries lost`, unanswered, "CoreDNS does not start with:", ...refused].join("\n");
    assert.deepEqual({ lost, refused }, { lost: 0, refused: [] }, wrong);
    if (repeated > 0) console.log(unanswered);
    assert.ok(faults >= 20 && sent > 1000 && versions.length >= 2);
  });
});
