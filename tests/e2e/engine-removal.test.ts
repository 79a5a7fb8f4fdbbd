import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { before, describe, it } from "node:test";
import { EgressProxy } from "../../index";
import type { TestStack } from "../engine/stacks";
import { type Kubectl, kubectlFor } from "../harness/kubernetes";
import { readCorefile } from "./support/corefile";
import { argumentsFor, engineScene, providersFor } from "./support/engine-scene";
import { until } from "./support/wait";

const NAMESPACE = "removal";
const CONTROLLER_NAMESPACE = "removal-stub-domain";
const main = resolve(__dirname, "../../proxy-image/src/cli/main.ts");

describe("an EgressProxy whose controller's namespace was deleted by hand", { timeout: 600_000 }, () => {
  const scene = engineScene();
  let kubectl: Kubectl;
  let stack: TestStack;
  let untouched: string;

  before(async () => {
    const { cluster, stacks } = scene();
    kubectl = kubectlFor(cluster.kubectl, cluster.kubeconfig);
    untouched = (await readCorefile(kubectl)).corefile;
    stack = await stacks.stack("removal", () => {
      const args = argumentsFor(cluster, "api.example.test");
      new EgressProxy(
        "removal",
        { ...args, namespace: NAMESPACE, domain: "removal.internal" },
        { providers: providersFor(cluster) },
      );
      return Promise.resolve();
    });
    await stack.up();
  });

  it("has `destroy` name the remedy within a minute, and the remedy works", async (test) => {
    assert.match((await readCorefile(kubectl)).corefile, /removal\.internal/);
    const gate = `${CONTROLLER_NAMESPACE}.removal-kube-system-coredns`;
    await until("the controller to hold the removal gate", async () => {
      const finalizers = ["-o", "jsonpath={.metadata.finalizers}"];
      return (await kubectl(["get", "configmap", gate, "-n", "kube-system", ...finalizers])) !== "";
    });
    await kubectl(["delete", "namespace", CONTROLLER_NAMESPACE, "--wait=false"]);
    await until("the controller's pods to be gone", async () => {
      return (await kubectl(["get", "pods", "-n", CONTROLLER_NAMESPACE, "-o", "name"])) === "";
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
