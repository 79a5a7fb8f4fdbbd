import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { FINALIZER } from "../../proxy-image/src/contract/stub-domain/anchor";
import { removalGate } from "../../proxy-image/src/contract/stub-domain/removal-gate";
import { ApiError, nameText } from "../../proxy-image/src/stubdomain/cluster/cluster";
import {
  runController,
  type ControllerWorld,
  type Pace,
} from "../../proxy-image/src/stubdomain/controller/controller";
import { proofPacer } from "../../proxy-image/src/stubdomain/controller/proof-pacer";
import { COREFILES } from "./corefiles";
import { ANCHOR, BLOCK, scene, SPEC, TARGET, type Scene } from "./scene";

const KUBEADM = COREFILES.kubeadm!;
const GATE = removalGate(SPEC);
const PACE: Pace = { busy: 1, idle: 1, proof: 0, gate: 1, preflight: 50 };

/** Runs a controller until it ends, or `until` holds after some round. */
async function run(
  made: Scene,
  more: Partial<ControllerWorld> = {},
  until: () => boolean = () => false,
  spec = SPEC,
) {
  const stop = new AbortController();
  let isReady = false;
  let rounds = 0;
  const started = Date.now();
  const world: ControllerWorld = {
    ...made.world,
    // Real time for the preflight's limit; the scene's clock for everything else is the same as long as it stands.
    now: () => new Date(made.world.now().getTime() + (Date.now() - started)),
    primary: () => Promise.resolve(undefined),
    stranger: () => Promise.resolve(undefined),
    onReady: () => {
      isReady = true;
    },
    onRound: () => {
      if (until() || ++rounds > 300) stop.abort();
    },
    ...more,
  };
  const reason = await runController(spec, world, stop.signal, PACE);
  return { reason, isReady, rounds };
}

describe("preflight", () => {
  const refusals: [
    name: string,
    change: (made: Scene) => void,
    reason: RegExp,
    more?: Partial<ControllerWorld>,
  ][] = [
    [
      "target missing",
      ({ cluster }) => {
        cluster.delete(TARGET);
        cluster.slices = [];
      },
      /no ready pods, and no ConfigMap coredns.*set dns\.mode: "none"/,
    ],
    [
      "no pod behind the Service of the cluster's DNS, as it is labelled",
      ({ cluster }) => (cluster.slices = []),
      /no EndpointSlice in kube-system with the label k8s-app=kube-dns.*name it with dns\.service/,
    ],
    [
      "a wildcard record in a search domain of the nodes",
      () => undefined,
      /would go to a stranger: 10\.96\.0\.10 answers 203\.0\.113\.7.*final dot.*ndots: 2/,
      { stranger: () => Promise.resolve("10.96.0.10 answers 203.0.113.7") },
    ],
    ["no key", ({ cluster }) => cluster.create(TARGET, { data: {} }), /no key "Corefile"/],
    [
      "immutable",
      ({ cluster }) => cluster.create(TARGET, { data: { Corefile: KUBEADM }, immutable: true }),
      /immutable/,
    ],
    [
      "illegal Corefile",
      ({ cluster }) => cluster.edit(TARGET, "me", ".:53 {\n"),
      /line 1: the server block ".:53" has no closing brace/,
    ],
    ["no reload", ({ cluster }) => cluster.edit(TARGET, "me", ".:53 {\n errors\n}\n"), /"reload"/],
    [
      "zone taken",
      ({ cluster }) => cluster.edit(TARGET, "me", `${KUBEADM}egress.local {\n errors\n}\n`),
      /served already/,
    ],
    ["no braces", ({ cluster }) => cluster.edit(TARGET, "me", ".:53\nreload\n"), /no braces of its own/],
    [
      "no default block",
      ({ cluster }) => cluster.edit(TARGET, "me", "a:53 {\n reload\n}\n"),
      /no server block for all names/,
    ],
    ["Service missing", ({ cluster }) => cluster.services.clear(), /Service egress\/egress-dns/],
    [
      "rights missing",
      ({ cluster }) => cluster.forbidden.add("patch configmaps"),
      /lacks rights: patch configmaps kube-system\/coredns, patch configmaps egress-stub\/anchor/,
    ],
    [
      "endpoints not readable",
      ({ cluster }) => cluster.forbidden.add("list endpointslices"),
      /list endpointslices\.discovery\.k8s\.io in kube-system/,
    ],
    [
      "a plugin that a replica's CoreDNS does not have",
      ({ cluster }) =>
        cluster.edit(TARGET, "me", KUBEADM.replace("    ready\n", "    multisocket\n    ready\n")),
      /the plugin "multisocket" is unknown to CoreDNS 1\.11\.3 on 10\.244\.0\.2/,
      {
        processes: () =>
          Promise.resolve([
            { address: "10.244.0.2", version: "1.11.3", failedReloads: 0, plugins: new Set<string>() },
          ]),
      },
    ],
    [
      "foreign zone",
      () => undefined,
      /answers for egress\.local already.*"ns\.corp\."/,
      { primary: () => Promise.resolve("ns.corp.") },
    ],
    [
      "DNS silent",
      () => undefined,
      /no answer from DNS/,
      { primary: () => Promise.reject(new Error("no answer from DNS")) },
    ],
  ];
  for (const [name, change, reason, more] of refusals) {
    it(`ends the controller with the reason, not ready, nothing written: ${name}`, async () => {
      const made = scene();
      change(made);
      const result = await run(made, more);
      assert.match(result.reason ?? "", reason);
      assert.equal(result.isReady, false);
      assert.deepEqual(made.cluster.corefiles, []);
    });
  }

  it("waits a while for an API server that can't be reached, and for rights that are on their way", async () => {
    const made = scene();
    made.cluster.forbidden.add("patch configmaps");
    const { configMap } = made.cluster;
    let calls = 0;
    made.cluster.configMap = (name) => {
      if (++calls === 3) made.cluster.forbidden.clear();
      return calls < 3 ? Promise.reject(new ApiError("connection refused", 0)) : configMap(name);
    };
    const result = await run(made, {}, () => calls > 6);
    assert.deepEqual([result.reason, result.isReady], [undefined, true]);
  });

  it("gives up on an API server that stays away", async () => {
    const made = scene();
    made.cluster.configMap = () => Promise.reject(new ApiError("connection refused", 0));
    assert.match((await run(made)).reason ?? "", /connection refused/);
  });

  it("accepts our own zone: an installation that was cut off goes on", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    made.proof.answer = { serves: false, reason: "not yet" };
    await made.round();
    made.proof.answer = undefined;
    const result = await run(
      made,
      { primary: () => Promise.resolve("old-dns.egress.svc.cluster.local.") },
      () => made.status()?.state === "serving",
    );
    assert.deepEqual([result.reason, result.isReady], [undefined, true]);
  });

  it("is for installations only: what serves is healed or reported, and never ends the controller", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    await made.round();
    made.cluster.edit(TARGET, "me", ".:53 {\n");
    const result = await run(
      made,
      { primary: () => Promise.reject(new Error("silent")) },
      () => made.status()?.state === "degraded",
    );
    assert.deepEqual([result.reason, result.isReady], [undefined, true]);
  });

  it("does not stand in the way of removal", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    await made.round();
    made.cluster.delete(ANCHOR);
    made.cluster.forbidden.add("create events");
    made.cluster.services.clear();
    const other = { ...SPEC, domain: "out.example", specHash: "abc2" };
    const result = await run(made, {}, () => !made.cluster.configMaps.has("egress-stub/anchor"), other);
    assert.equal(result.reason, undefined);
    assert.equal(made.corefile(), KUBEADM);
  });
});

describe("controller", () => {
  it("is ready before the anchor exists, and installs when it does", async () => {
    const made = scene();
    let wasReady = false;
    const result = await run(
      made,
      {
        onReady: () => {
          wasReady = true;
          made.cluster.create(ANCHOR, {});
        },
      },
      () => made.status()?.state === "serving",
    );
    assert.equal(result.reason, undefined);
    assert.ok(wasReady);
    assert.equal(made.corefile(), KUBEADM + BLOCK);
  });

  it("ends with the reason after a failed installation, and at each start until the pause is over", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    made.proof.answer = { serves: false, reason: "10.0.0.9 answers NXDOMAIN" };
    const first = await run(made, {}, () => {
      made.pass(60_000);
      return false;
    });
    assert.match(first.reason ?? "", /10\.0\.0\.9 answers NXDOMAIN/);
    const writes = made.cluster.corefiles.length;
    const second = await run(made);
    assert.match(second.reason ?? "", /10\.0\.0\.9 answers NXDOMAIN.*not tried again before/);
    assert.equal(second.isReady, false);
    assert.equal(made.cluster.corefiles.length, writes);
  });

  it("survives an API server that goes away, and stops when told", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    const { configMap } = made.cluster;
    let refusals = 0;
    const onReady = () => {
      made.cluster.configMap = (name) =>
        name !== ANCHOR || ++refusals > 3 ? configMap(name) : Promise.reject(new ApiError("refused", 0));
    };
    const result = await run(made, { onReady }, () => made.status()?.state === "serving");
    assert.equal(result.reason, undefined);
    const metrics = await made.world.metrics.registry.metrics();
    assert.match(metrics, /reconciles_total\{result="error"\} 3/);
    assert.match(metrics, /k8s_egress_stub_domain_state\{state="serving"\} 1/);
    assert.match(metrics, /k8s_egress_stub_domain_writes_total\{reason="install"\} 1/);
  });

  it("holds the removal gate while it runs, lets it go when Pulumi deletes it, and holds it when it is stopped", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    made.cluster.create(GATE, {});
    const isHeld = () => made.cluster.get(GATE).metadata.finalizers?.includes(FINALIZER) === true;
    await run(made, {}, isHeld);
    assert.ok(isHeld());

    made.cluster.delete(GATE);
    assert.ok(isHeld(), "without a controller it stays, and so Pulumi says what to do");
    const isGone = () => !made.cluster.configMaps.has(nameText(GATE));
    await run(made, {}, isGone);
    assert.ok(isGone());
    assert.equal(made.corefile(), KUBEADM + BLOCK, "the stub domain is the anchor's matter");
  });

  it("lets the removal gate go beside a proof that takes long", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    made.cluster.create(GATE, { metadata: { finalizers: [FINALIZER] } });
    made.cluster.delete(GATE);
    let isProving = false;
    const prove = async () => {
      isProving = true;
      while (made.cluster.configMaps.has(nameText(GATE))) await sleep(1);
      return { serves: true } as const;
    };
    const result = await run(made, { prove }, () => made.status()?.state === "serving");
    assert.equal(result.reason, undefined);
    assert.ok(isProving);
  });

  it("lets the removal gate go when it gives up, as nothing of it is in the cluster's DNS then", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    made.cluster.create(GATE, {});
    made.proof.answer = { serves: false, reason: "10.0.0.9 answers NXDOMAIN" };
    const { reason } = await run(made, {}, () => {
      made.pass(60_000);
      return false;
    });
    assert.ok(reason);
    assert.equal(made.corefile(), KUBEADM);
    assert.deepEqual(made.cluster.get(GATE).metadata.finalizers, []);
  });

  it("holds the removal gate on where it gives up a change, as the earlier block still serves", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    await made.round();
    made.cluster.create(GATE, { metadata: { finalizers: [FINALIZER] } });
    made.proof.answer = { serves: false, reason: "10.0.0.9 answers NXDOMAIN" };
    const { reason } = await run(
      made,
      {},
      () => {
        made.pass(60_000);
        return false;
      },
      { ...SPEC, domain: "out.example", specHash: "abc2" },
    );
    assert.ok(reason);
    assert.match(made.corefile(), /egress\.local:53/);
    assert.deepEqual(made.cluster.get(GATE).metadata.finalizers, [FINALIZER]);
  });

  it("proves in its own time", () => {
    let now = 0;
    const pacer = proofPacer(30_000, () => now);
    assert.equal(pacer.isDue(), true);
    pacer.served();
    now = 29_999;
    assert.equal(pacer.isDue(), false);
    now = 30_000;
    assert.equal(pacer.isDue(), true);
    pacer.served();
    pacer.reset();
    assert.equal(pacer.isDue(), true);
  });
});
