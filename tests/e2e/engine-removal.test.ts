import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { before, describe, it } from "node:test";
import { EgressProxy } from "../../index";
import { anchorOfGate, GATE_LABEL } from "../../proxy-image/src/contract/stub-domain/removal-gate";
import type { TestStack } from "../engine/stacks";
import { type Kubectl, kubectlFor } from "../harness/kubernetes";
import { readCorefile } from "./support/corefile";
import { argumentsFor, engineScene, providersFor } from "./support/engine-scene";
import { until } from "./support/wait";

const main = resolve(__dirname, "../../proxy-image/src/cli/main.ts");

describe("the removal gate of an EgressProxy", { timeout: 600_000 }, () => {
  const scene = engineScene();
  let kubectl: Kubectl;
  let stack: TestStack;
  let untouched: string;
  let namespace = "removal";

  before(async () => {
    const { cluster, stacks } = scene();
    kubectl = kubectlFor(cluster.kubectl, cluster.kubeconfig);
    untouched = (await readCorefile(kubectl)).corefile;
    stack = await stacks.stack("removal", () => {
      const args = argumentsFor(cluster, "api.example.test");
      new EgressProxy(
        "removal",
        { ...args, namespace, domain: "removal.internal" },
        { providers: providersFor(cluster) },
      );
      return Promise.resolve();
    });
    await stack.up();
  });

  /** Name and finalizers of the only one, once its controller holds it. */
  const heldGate = async (): Promise<string> => {
    let names: string[] = [];
    await until("a controller to hold the only removal gate", async () => {
      const { items } = JSON.parse(
        await kubectl(["get", "configmaps", "-n", "kube-system", `--selector=${GATE_LABEL}`, "-o", "json"]),
      ) as { items: { metadata: { name: string; finalizers?: string[] } }[] };
      names = items.map(({ metadata }) => metadata.name);
      return items.length === 1 && items[0]!.metadata.finalizers !== undefined;
    });
    return names[0]!;
  };

  it("is let go by the old controller when another one takes over", async () => {
    const before = await heldGate();
    namespace = "removal-moved";
    await stack.up();
    assert.notEqual(await heldGate(), before);
    assert.match((await readCorefile(kubectl)).corefile, /removal\.internal/);
  });

  it("has `destroy` name the remedy within a minute where no controller is left, and the remedy works", async (test) => {
    assert.match((await readCorefile(kubectl)).corefile, /removal\.internal/);
    const controllers = anchorOfGate({ namespace: "kube-system", name: await heldGate() }).namespace;
    await kubectl(["delete", "namespace", controllers, "--wait=false"]);
    await until("the controller's pods to be gone", async () => {
      return (await kubectl(["get", "pods", "-n", controllers, "-o", "name"])) === "";
    });

    const began = Date.now();
    await assert.rejects(stack.stack.destroy(), /npx-k8s-egress-dns-remove/);
    const seconds = (Date.now() - began) / 1_000;
    test.diagnostic(`${seconds} s`);
    assert.ok(seconds < 75, `${seconds} s, with what else is destroyed`);

    const args = ["--import=tsx", main, "dns", "remove", "--kubeconfig", scene().cluster.kubeconfig];
    const removed = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(removed.status, 0, removed.stderr);
    assert.match(
      removed.stdout,
      /removal\.internal:53 \{.*removal gate kube-system\/.*took the finalizer off/s,
    );
    assert.equal((await readCorefile(kubectl)).corefile, untouched);
    await stack.stack.destroy();
  });
});
