import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { kubectl, type Cluster } from "../cluster";
import { type ClusterInUse, useCluster } from "../cluster/shared";
import { ControllerScene, type Task } from "./support/controller-scene";

const TARGET = { namespace: "kube-system", name: "coredns" };

let inUse: ClusterInUse | undefined;
let real: Cluster;
const namespaces: string[] = [];
const run = (...args: string[]) => kubectl(real, args);

before(async () => {
  inUse = await useCluster();
  real = inUse.cluster;
});
after(async () => {
  if (namespaces.length > 0) await run("delete", "namespace", "--wait=false", ...namespaces);
  await inUse?.release();
});

/** The cluster's own Corefile and its owners, byte for byte. */
async function clusterDns() {
  const object = await run(
    "get",
    "configmap",
    TARGET.name,
    "-n",
    TARGET.namespace,
    "--show-managed-fields",
    "-o",
    "json",
  );
  const { data, metadata } = JSON.parse(object) as {
    data: { Corefile: string };
    metadata: { managedFields: unknown; resourceVersion: string };
  };
  return {
    corefile: data.Corefile,
    managedFields: JSON.stringify(metadata.managedFields),
    version: metadata.resourceVersion,
  };
}

async function sceneFor(domain: string, more: Partial<Task> = {}): Promise<ControllerScene> {
  const scene = await ControllerScene.create(real, { domain, target: TARGET, ...more });
  namespaces.push(...scene.namespaces);
  return scene;
}

describe("the stub domain's controller in a real cluster", () => {
  it("installs, serves, heals, and leaves the cluster's DNS byte for byte as it was", async () => {
    const untouched = await clusterDns();
    const scene = await sceneFor("egress.local");
    await scene.rolledOut();
    assert.equal(
      (await clusterDns()).version,
      untouched.version,
      "nothing is written before the anchor is there",
    );
    assert.equal(await scene.resolve("listed.egress.local", "A"), "ENOTFOUND");

    await scene.createAnchor();
    await scene.applied();
    assert.equal(await scene.resolve("listed.egress.local", "A"), '["192.0.2.1"]');
    assert.equal(await scene.resolve("unlisted.egress.local", "A"), "ENOTFOUND");
    const address = await kubectl(real, ["get", "service", "kubernetes", "-o", "jsonpath={.spec.clusterIP}"]);
    const type = address.includes(":") ? "AAAA" : "A";
    assert.equal(
      await scene.resolve("kubernetes.default.svc.cluster.local", type),
      JSON.stringify([address]),
    );

    const metrics = await scene.metrics();
    assert.match(metrics, /k8s_egress_stub_domain_state\{state="serving"\} 1/);

    // Somebody applies the addon again.
    const addon = JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: TARGET,
      data: { Corefile: untouched.corefile },
    });
    await kubectl(
      real,
      ["apply", "--server-side", "--field-manager=cluster-addons", "--force-conflicts", "-f", "-"],
      addon,
    );
    const overwritten = await clusterDns();
    for (let attempt = 0; !(await clusterDns()).corefile.includes("egress.local:53"); attempt++) {
      assert.ok(attempt < 60, "the block comes back");
      await sleep(500);
    }
    await scene.applied();

    await scene.deleteAnchor();
    const left = await clusterDns();
    assert.equal(left.corefile, untouched.corefile);
    assert.equal(left.managedFields, overwritten.managedFields);
  });

  it("exits with the reason before it is ready when somebody else serves the zone", async () => {
    const untouched = await clusterDns();
    const scene = await sceneFor("cluster.local");
    assert.match(
      await scene.lastWords(),
      /stub domain cluster\.local: the cluster's DNS answers for cluster\.local already.*"ns\.dns\.cluster\.local\."\. If .*otherwise choose another domain$/,
    );
    assert.deepEqual(await clusterDns(), untouched);
  });

  it("takes it back when it does not serve, exits with the reason, and does not write again at once", async () => {
    const untouched = await clusterDns();
    const scene = await sceneFor("dead.local", { dnsServes: false, proofTimeout: 5 });
    await scene.rolledOut();
    await scene.createAnchor();
    assert.match(
      await scene.lastWords(),
      /stub domain dead\.local: the cluster's DNS does not serve dead\.local from .*not tried again before [^\n]*$/,
    );
    const reverted = await clusterDns();
    assert.deepEqual({ ...reverted, version: "" }, { ...untouched, version: "" });
    await sleep(20_000);
    assert.equal((await clusterDns()).version, reverted.version);
    await scene.deleteAnchor();
  });
});
