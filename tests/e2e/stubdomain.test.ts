import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { APPLIED_ANNOTATION, FINALIZER } from "../../proxy-image/src/contract/stub-domain/anchor";
import { ApiError } from "../../proxy-image/src/stubdomain/cluster/cluster";
import { parseCorefile } from "../../proxy-image/src/stubdomain/corefile/server-blocks";
import { preflight, PreflightError } from "../../proxy-image/src/stubdomain/controller/preflight";
import { apply, type Cluster } from "../cluster";
import { COREFILES } from "../stubdomain/corefiles";
import {
  clusterDnsSlice,
  cutOff,
  realScene,
  removeScenes,
  roles,
  target,
  type RealScene,
} from "../stubdomain/real-scene";
import { asked } from "../stubdomain/scene";
import { type ClusterInUse, useCluster } from "../cluster/shared";

const KUBEADM = COREFILES.kubeadm!;

let inUse: ClusterInUse | undefined;
let real: Cluster;
before(async () => {
  inUse = await useCluster();
  real = inUse.cluster;
});
after(async () => {
  await removeScenes(real);
  await inUse?.release();
});

type Create = (scene: RealScene) => Promise<unknown>;

const applied: Create = ({ spec, kubectl }) => serverSideApply(kubectl, "addons", target(spec, KUBEADM));
const created: Create = ({ spec, kubectl }) => kubectl(["create", "-f", "-"], target(spec, KUBEADM));

/** How the target came into the cluster, and with it who owns the Corefile. */
const creators: Record<string, Create> = {
  "server-side apply": applied,
  create: created,
  "client-side apply": ({ spec, kubectl }) => kubectl(["apply", "-f", "-"], target(spec, KUBEADM)),
  "two appliers of the same text": async ({ spec, kubectl }) => {
    await serverSideApply(kubectl, "addons", target(spec, KUBEADM));
    await serverSideApply(kubectl, "gitops", target(spec, KUBEADM, { other: "x" }));
  },
  "create and then somebody's edit": async ({ spec, kubectl }) => {
    await kubectl(["create", "-f", "-"], target(spec, "old"));
    // Times have seconds: the two entries shall differ in theirs.
    await sleep(1100);
    const patch = JSON.stringify({ data: { Corefile: KUBEADM }, metadata: { labels: { edited: "yes" } } });
    const { namespace, name } = spec.target;
    await kubectl(["patch", "configmap", name, "-n", namespace, "--type=merge", "-p", patch]);
  },
};

function serverSideApply(kubectl: RealScene["kubectl"], manager: string, text: string, ...flags: string[]) {
  return kubectl(["apply", "--server-side", `--field-manager=${manager}`, ...flags, "-f", "-"], text);
}

async function installed(create: Create = applied): Promise<RealScene> {
  const scene = await realScene(real);
  await create(scene);
  await scene.createAnchor();
  assert.deepEqual(await scene.round(), { kind: "idle" });
  assert.notEqual(await scene.corefile(), KUBEADM);
  return scene;
}

/** Times have seconds: what is restored must not look right only because it is still the same second. */
const laterSecond = () => sleep(1100);

describe("a stub domain and the real API server", () => {
  for (const [name, create] of Object.entries(creators)) {
    it(`leaves text and managedFields byte for byte as they were: ${name}`, async () => {
      const scene = await realScene(real);
      await create(scene);
      const before = await scene.managedFields();
      await laterSecond();
      await scene.createAnchor();
      assert.deepEqual(await scene.round(), { kind: "idle" });
      assert.notEqual(await scene.managedFields(), before);
      assert.equal((await scene.anchor())?.metadata.annotations?.[APPLIED_ANNOTATION], scene.spec.specHash);
      await laterSecond();
      await scene.deleteAnchor();
      assert.deepEqual(await scene.round(), { kind: "idle" });
      assert.equal(await scene.corefile(), KUBEADM);
      assert.equal(await scene.managedFields(), before);
      assert.equal(await scene.anchor(), undefined);
    });
  }

  it("holds the anchor with a finalizer that the API server takes, while something is in the Corefile", async () => {
    const scene = await installed();
    assert.deepEqual((await scene.anchor())?.metadata.finalizers, [FINALIZER]);
    await scene.deleteAnchor();
    assert.notEqual((await scene.anchor())?.metadata.deletionTimestamp, undefined);
  });

  it("lets the former manager apply again without force, and tells it of the conflict before", async () => {
    const scene = await installed();
    const changed = target(scene.spec, KUBEADM.replace("lameduck 5s", "lameduck 9s"));
    await assert.rejects(serverSideApply(scene.kubectl, "addons", changed), /conflict with "k8s-egress"/);
    await scene.deleteAnchor();
    await scene.round();
    await serverSideApply(scene.kubectl, "addons", changed);
    assert.match(await scene.corefile(), /lameduck 9s/);
  });

  it("leaves other keys, labels and their owners alone", async () => {
    const scene = await realScene(real);
    await serverSideApply(scene.kubectl, "addons", target(scene.spec, KUBEADM, { other: "x" }));
    const { namespace, name } = scene.spec.target;
    const before = await scene.managedFields();
    await scene.createAnchor();
    await scene.round();
    // Somebody else writes meanwhile, beside the Corefile.
    await scene.kubectl(["label", "configmap", name, "-n", namespace, "team=a", "--field-manager=labeller"]);
    await scene.deleteAnchor();
    await scene.round();
    const left = await scene.admin.configMap(scene.spec.target);
    assert.deepEqual(left?.data, { Corefile: KUBEADM, other: "x" });
    const entries = left.metadata.managedFields ?? [];
    assert.deepEqual(entries.map(({ manager }) => manager).sort(), ["addons", "labeller"]);
    assert.equal(JSON.stringify(entries.filter(({ manager }) => manager === "addons")), before);
  });

  for (const overwrite of ["apply --force-conflicts", "replace"]) {
    it(`heals after ${overwrite}, and gives the Corefile back to that one`, async () => {
      const scene = await installed();
      const upgraded = KUBEADM.replace("lameduck 5s", "lameduck 9s");
      if (overwrite === "replace") await scene.kubectl(["replace", "-f", "-"], target(scene.spec, upgraded));
      else await serverSideApply(scene.kubectl, "addons", target(scene.spec, upgraded), "--force-conflicts");
      const before = await scene.managedFields();
      await laterSecond();
      await scene.round();
      assert.equal(parseCorefile(await scene.corefile()).blocks.length, 2);
      await scene.deleteAnchor();
      await scene.round();
      assert.equal(await scene.corefile(), upgraded);
      assert.equal(await scene.managedFields(), before);
    });
  }

  it("two at once on one Corefile, installed at the same time, leave in either order", async () => {
    for (const leavesFirst of [0, 1]) {
      const scene = await realScene(real, false);
      await applied(scene);
      const before = await scene.managedFields();
      const second = {
        ...scene.spec,
        domain: "out.example",
        anchor: { ...scene.spec.anchor, name: "anchor-2" },
        specHash: "abc2",
      };
      await apply(real, roles(second));
      const both = [scene.spec, second];
      for (const spec of both) await scene.createAnchor(spec);
      await Promise.all(both.map((spec) => scene.round(spec)));
      const keys = parseCorefile(await scene.corefile()).blocks.flatMap((block) => block.keys);
      assert.deepEqual(keys.sort(), [".:53", "egress.local:53", "out.example:53"]);
      await laterSecond();
      for (const spec of leavesFirst === 0 ? both : both.toReversed()) {
        await scene.deleteAnchor(spec);
        assert.deepEqual(await scene.round(spec), { kind: "idle" });
      }
      assert.equal(await scene.corefile(), KUBEADM);
      assert.equal(await scene.managedFields(), before);
    }
  });

  for (const where of ["before", "after"] as const) {
    for (const at of [1, 2, 3]) {
      it(`killed ${where} write ${at} of the installation, is taken out without a trace`, async () => {
        const scene = await realScene(real);
        await applied(scene);
        const before = await scene.managedFields();
        await scene.createAnchor();
        await assert.rejects(scene.round(scene.spec, cutOff(scene.cluster, at, where)), /killed/);
        await laterSecond();
        await scene.deleteAnchor();
        await scene.round();
        assert.equal(await scene.corefile(), KUBEADM);
        assert.equal(await scene.managedFields(), before);
        assert.equal(await scene.anchor(), undefined);
      });

      it(`killed ${where} write ${at} of the removal, ends it at the next start`, async () => {
        const scene = await realScene(real);
        await applied(scene);
        const before = await scene.managedFields();
        await scene.createAnchor();
        await scene.round();
        await scene.deleteAnchor();
        await assert.rejects(scene.round(scene.spec, cutOff(scene.cluster, at, where)), /killed/);
        await laterSecond();
        await scene.round();
        assert.equal(await scene.corefile(), KUBEADM);
        assert.equal(await scene.managedFields(), before);
        assert.equal(await scene.anchor(), undefined);
      });
    }
  }

  it("takes a failed installation back, says why in an event, and lets the anchor go at once", async () => {
    const scene = await realScene(real);
    await applied(scene);
    const before = await scene.managedFields();
    await scene.createAnchor();
    scene.proof.answer = { serves: false, reason: "10.244.0.9 answers NXDOMAIN" };
    const spec = { ...scene.spec, proofTimeoutMs: 1500 };
    assert.deepEqual(await scene.round(spec), { kind: "again" });
    await sleep(2000);
    const outcome = await scene.round(spec);
    assert.match(outcome.kind === "failed" ? outcome.message : "", /10\.244\.0\.9 answers NXDOMAIN/);
    assert.equal(await scene.corefile(), KUBEADM);
    assert.equal(await scene.managedFields(), before);
    const { namespace } = spec.anchor;
    const events = await scene.kubectl([
      "get",
      "events",
      "-n",
      namespace,
      "-o",
      "jsonpath={range .items[*]}{.type} {.reason} {.involvedObject.name} {.message}{'\\n'}{end}",
    ]);
    assert.match(events, /^Warning StubDomainFailed anchor .*10\.244\.0\.9 answers NXDOMAIN$/m);
    await scene.deleteAnchor();
    assert.equal(await scene.anchor(), undefined);
  });

  it("refuses to write what changed since it was read", async () => {
    const scene = await installed();
    const stale = await scene.cluster.configMap(scene.spec.target);
    await scene.kubectl(["label", "configmap", "coredns", "-n", scene.spec.target.namespace, "a=b"]);
    const patch = {
      metadata: { resourceVersion: stale!.metadata.resourceVersion! },
      data: { Corefile: "x" },
    };
    await assert.rejects(
      scene.cluster.patchConfigMap(scene.spec.target, patch),
      (error) => error instanceof ApiError && error.isConflict,
    );
  });

  it("lets the anchor go when the target was deleted", async () => {
    const scene = await installed();
    await scene.kubectl(["delete", "configmap", "coredns", "-n", scene.spec.target.namespace]);
    await scene.deleteAnchor();
    await scene.round();
    assert.equal(await scene.anchor(), undefined);
  });
});

describe("preflight with real rights", () => {
  it("passes with what the roles grant", async () => {
    const scene = await realScene(real);
    await created(scene);
    await apply(real, [clusterDnsSlice(scene.spec)]);
    await preflight(scene.spec, { cluster: scene.cluster, ...asked() }, undefined);
  });

  it("names each right that is missing", async () => {
    const scene = await realScene(real);
    await created(scene);
    const granted = roles(scene.spec) as {
      kind: string;
      metadata: object;
      rules?: { verbs: string[]; resources: string[] }[];
    }[];
    for (const role of granted.filter(({ kind }) => kind === "Role")) {
      for (const rule of role.rules!) {
        await apply(real, [{ ...role, rules: role.rules!.filter((other) => other !== rule) }]);
        const expected = new RegExp(`lacks rights: ${rule.verbs[0]!} ${rule.resources[0]!}`);
        await refused(scene, expected);
        await apply(real, [role]);
      }
    }
  });

  /** Rights change a moment after their roles. */
  async function refused(scene: RealScene, expected: RegExp): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const error: unknown = await preflight(
        scene.spec,
        { cluster: scene.cluster, ...asked() },
        undefined,
      ).catch((reason: unknown) => reason);
      if (error instanceof PreflightError && expected.test(error.message)) return;
      assert.ok(attempt < 50, `expected ${String(expected)}, got ${String(error)}`);
      await sleep(100);
    }
  }
});

describe("k8s-egress dns remove on the real API server", () => {
  const cli = (...args: string[]) => {
    const main = join(__dirname, "../../proxy-image/src/cli/main.ts");
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--import=tsx", main, "dns", "remove", "--kubeconfig", real.kubeconfig, ...args],
      { encoding: "utf8" },
    );
    return { status, stdout, stderr };
  };

  it("ends what kubectl delete namespace leaves behind", async () => {
    const scene = await realScene(real);
    await applied(scene);
    const before = await scene.managedFields();
    await scene.createAnchor();
    await scene.round();
    const { namespace, name } = scene.spec.anchor;
    await scene.kubectl(["delete", "namespace", namespace, "--wait=false"]);
    for (let attempt = 0; (await scene.anchor())?.metadata.deletionTimestamp === undefined; attempt++) {
      assert.ok(attempt < 100, "the namespace's controller deletes the anchor");
      await sleep(200);
    }
    const dry = cli("--anchor", `${namespace}/${name}`, "--dry-run");
    assert.equal(dry.status, 0, dry.stderr);
    assert.match(dry.stdout, /- egress\.local:53 \{/);
    assert.notEqual(await scene.corefile(), KUBEADM);
    const done = cli("--anchor", `${namespace}/${name}`);
    assert.equal(done.status, 0, done.stderr);
    assert.equal(await scene.corefile(), KUBEADM);
    assert.equal(await scene.managedFields(), before);
    await scene.kubectl(["wait", "--for=delete", `namespace/${namespace}`, "--timeout=60s"]);
  });

  it("takes a block out whose anchor was forced away, and leaves the field to the next applier", async () => {
    const scene = await installed();
    const { namespace, name } = scene.spec.anchor;
    await scene.deleteAnchor();
    await scene.kubectl([
      "patch",
      "configmap",
      name,
      "-n",
      namespace,
      "--type=merge",
      "-p",
      '{"metadata":{"finalizers":null}}',
    ]);
    const targetOption = `--target=${scene.spec.target.namespace}/coredns`;
    const done = cli("--domain", "egress.local", targetOption);
    assert.equal(done.status, 0, done.stderr);
    assert.equal(await scene.corefile(), KUBEADM);
    await serverSideApply(scene.kubectl, "addons", target(scene.spec, KUBEADM.replace("5s", "9s")));
    assert.match(cli("--domain", "egress.local", targetOption).stdout, /has no entry for egress\.local/);
  });

  it("leaves a living one alone, with status 1", async () => {
    const scene = await installed();
    const { namespace, name } = scene.spec.anchor;
    const result = cli("--anchor", `${namespace}/${name}`);
    assert.equal(result.status, 1);
    assert.match(result.stderr, /is not being deleted/);
  });

  it("ends wrong usage with status 2, and says what is wrong", () => {
    assert.match(cli("--colour").stderr, /--colour/);
    assert.equal(cli("--colour").status, 2);
    assert.equal(cli("--context", "nowhere").status, 2);
    assert.equal(cli("--help").status, 0);
  });
});
