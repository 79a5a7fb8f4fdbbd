import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { COREFILES } from "./corefiles";
import { ANCHOR, scene, TARGET, type Scene } from "./scene";

const KUBEADM = COREFILES.kubeadm!;

async function installed(corefile = KUBEADM): Promise<Scene> {
  const made = scene(corefile);
  made.cluster.create(ANCHOR, {});
  await made.round();
  return made;
}

const words = ({ cluster }: Scene) => {
  const { annotations = {} } = cluster.get(ANCHOR).metadata;
  const name = (key: string) => annotations[`k8s-egress/${key}`];
  return {
    state: name("state"),
    serves: name("serves"),
    target: name("target"),
    lastProof: name("last-proof"),
    lastError: name("last-error"),
  };
};

describe("kubectl describe shows of the anchor", () => {
  it("in words what is served, where, since when, and when that was last proven", async () => {
    assert.deepEqual(words(await installed()), {
      state:
        "serving since 2030-01-01T00:00:00.000Z: the cluster's DNS serves egress.local from egress/egress-dns",
      serves: "egress.local from the Service egress/egress-dns",
      target: "ConfigMap kube-system/coredns",
      lastProof: "2030-01-01T00:00:00.000Z",
      lastError: undefined,
    });
  });

  it("a last proof that is some minutes old at most, without a write at each proof", async () => {
    const made = await installed();
    const version = made.cluster.get(ANCHOR).metadata.resourceVersion;
    made.pass(299_000);
    await made.round();
    assert.equal(made.cluster.get(ANCHOR).metadata.resourceVersion, version);
    made.pass(1_000);
    await made.round();
    assert.equal(words(made).lastProof, "2030-01-01T00:05:00.000Z");
    assert.match(words(made).state!, /^serving since 2030-01-01T00:00:00/);
  });

  it("what was last wrong, and when, also when it is over; and how long ago it was seen to serve", async () => {
    const made = await installed();
    made.pass(60_000);
    made.proof.answer = { serves: false, reason: "10.244.0.9 answers NXDOMAIN" };
    await made.round();
    const lastError = /^2030-01-01T00:01:00\.000Z: .* 10\.244\.0\.9 answers NXDOMAIN$/;
    assert.match(words(made).lastError!, lastError);
    assert.match(words(made).state!, /^degraded since 2030-01-01T00:01:00/);
    assert.equal(words(made).lastProof, "2030-01-01T00:00:00.000Z");
    made.proof.answer = undefined;
    made.pass(600_000);
    await made.round();
    assert.match(words(made).state!, /^serving since 2030-01-01T00:11:00/);
    assert.match(words(made).lastError!, lastError);
  });

  it("that it was never proven, while an installation waits", async () => {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    made.proof.answer = { serves: false, reason: "NXDOMAIN" };
    await made.round();
    assert.equal(words(made).lastProof, "never");
    assert.match(words(made).state!, /^installing since .*NXDOMAIN$/);
  });
});

describe("metrics", () => {
  it("say whether it is served, and count proofs", async () => {
    const made = await installed();
    const metrics = () => made.world.metrics.registry.metrics();
    assert.match(await metrics(), /k8s_egress_stub_domain_served 1\n/);
    assert.match(await metrics(), /last_proof_timestamp_seconds 1893456000\n/);
    made.proof.answer = { serves: false, reason: "NXDOMAIN" };
    await made.round();
    assert.match(await metrics(), /k8s_egress_stub_domain_served 0\n/);
    assert.match(await metrics(), /state\{state="degraded"\} 1\n/);
  });
});

describe("autopath", () => {
  it("is warned of once, in an event at the installation", async () => {
    const made = await installed(KUBEADM.replace("    ready\n", "    ready\n    autopath @kubernetes\n"));
    const warnings = () => made.cluster.events.filter(({ reason }) => reason === "StubDomainBypassed");
    assert.match(
      warnings()[0]!.message,
      /"autopath" in the block "\.:53" \(line 1\) looks names up past the stub domain/,
    );
    made.cluster.edit(TARGET, "addon", made.cluster.corefiles[0]!.replace(/\n# managed[^]*/, ""));
    await made.round();
    assert.equal(warnings().length, 1);
    assert.deepEqual(
      (await installed()).cluster.events.filter(({ reason }) => reason === "StubDomainBypassed"),
      [],
    );
  });
});
