import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { EgressProxy, type EgressProxyArgs } from "../../index";
import { type Kubectl, kubectlFor } from "../harness/kubernetes";
import type { TestStack } from "../engine/stacks";
import { argumentsFor, engineScene, providersFor } from "./support/engine-scene";
import { installLinkerdCrds, removeLinkerdCrds } from "./support/linkerd-crds";
import { hasMutatingPolicies, installInjector, removeInjector } from "./support/stand-in-injector";
import { until } from "./support/wait";

const NAMESPACE = "sidecar";

interface Pods {
  items: { metadata: { name: string }; status: { conditions?: { type: string; status: string }[] } }[];
}

/** The stand-in for Linkerd's injector is a MutatingAdmissionPolicy. */
const skip = !hasMutatingPolicies() && "Kubernetes before 1.36 has no MutatingAdmissionPolicy";

describe("an EgressProxy whose injector goes down", { timeout: 600_000, skip }, () => {
  const scene = engineScene();
  let kubectl: Kubectl;
  let stack: TestStack;
  let wanted: EgressProxyArgs;

  before(async () => {
    const { cluster, stacks } = scene();
    kubectl = kubectlFor(cluster.kubectl, cluster.kubeconfig);
    await installLinkerdCrds(cluster);
    await installInjector(cluster, NAMESPACE);
    stack = await stacks.stack("sidecar", () => {
      new EgressProxy("sidecar", wanted, { providers: providersFor(cluster) });
      return Promise.resolve();
    });
  });
  // The stack is gone by then.
  after(async () => {
    await removeInjector(scene().cluster);
    await removeLinkerdCrds(scene().cluster);
  });

  const withHosts = (...hosts: string[]): EgressProxyArgs => ({
    ...argumentsFor(scene().cluster, ...hosts),
    namespace: NAMESPACE,
    mesh: { mode: "required" },
    dns: { mode: "none" },
  });

  const readyPods = async (): Promise<string[]> => {
    const { items } = JSON.parse(await kubectl(["get", "pods", "-n", NAMESPACE, "-o", "json"])) as Pods;
    return items
      .filter(({ status }) =>
        status.conditions?.some(({ type, status: its }) => type === "Ready" && its === "True"),
      )
      .map(({ metadata }) => metadata.name)
      .sort();
  };

  const replaced = (before: readonly string[]) =>
    until("two new pods in place of the old ones", async () => {
      const later = await readyPods();
      return later.length === 2 && later.every((name) => !before.includes(name));
    });

  /** Why the API server creates no pod. */
  const refusals = () =>
    kubectl(["get", "events", "-n", NAMESPACE, "--field-selector", "reason=FailedCreate", "-o", "json"]);

  it("says so while it waits, serves on with the old pods, and goes on when the injector is back", async (t) => {
    wanted = withHosts("api.example.test");
    await stack.up();
    const before = await readyPods();
    assert.equal(before.length, 2);

    await removeInjector(scene().cluster);
    wanted = withHosts("api.example.test", "second.example.test");
    const began = Date.now();
    let seconds: number | undefined;
    const up = stack.up({
      onEvent: ({ diagnosticEvent }) => {
        const { severity, message } = diagnosticEvent ?? {};
        if (severity === "warning" && message?.includes("linkerd/linkerd-proxy-injector")) {
          seconds ??= (Date.now() - began) / 1_000;
        }
      },
    });
    try {
      await until("the API server to refuse a pod", async () =>
        (await refusals()).includes("no Linkerd sidecar was added to this pod"),
      );
      const reason = until("the reason", () => Promise.resolve(seconds !== undefined));
      assert.equal(await Promise.race([up, reason]), undefined);
      t.diagnostic(`the reason shows after ${seconds} s`);
      assert.deepEqual(await readyPods(), before);
    } finally {
      await installInjector(scene().cluster, NAMESPACE);
      await up;
    }
    await replaced(before);
  });

  it("changes to `mode: none` without an injector, though Pulumi deletes the policy for sidecars last", async () => {
    const before = await readyPods();
    await removeInjector(scene().cluster);
    wanted = { ...withHosts("api.example.test"), mesh: { mode: "none" } };
    await stack.up();
    await replaced(before);
    const policies = await kubectl([
      "get",
      "validatingadmissionpolicies,validatingadmissionpolicybindings",
      "-o",
      "name",
    ]);
    assert.doesNotMatch(policies, /sidecar/);
  });
});
