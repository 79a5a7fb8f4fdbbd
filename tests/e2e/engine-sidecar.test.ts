import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { EgressProxy, type EgressProxyArgs } from "../../index";
import { type Kubectl, kubectlFor } from "../harness/kubernetes";
import type { TestStack } from "../engine/stacks";
import { argumentsFor, engineScene, providersFor } from "./support/engine-scene";
import { installLinkerdCrds, removeLinkerdCrds } from "./support/linkerd-crds";
import { installInjector, removeInjector } from "./support/stand-in-injector";
import { until } from "./support/wait";

const NAMESPACE = "sidecar";

interface Pods {
  items: { metadata: { name: string }; status: { conditions?: { type: string; status: string }[] } }[];
}

describe("an EgressProxy whose injector goes down", { timeout: 600_000 }, () => {
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
  after(async () => {
    await stack?.stack.destroy();
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

  /** Why the API server creates no pod. */
  const refusals = () =>
    kubectl(["get", "events", "-n", NAMESPACE, "--field-selector", "reason=FailedCreate", "-o", "json"]);

  it("says so within a minute, serves on with the old pods, and goes on when the injector is back", async () => {
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
        if (/linkerd\/linkerd-proxy-injector/.test(diagnosticEvent?.message ?? "")) {
          seconds ??= (Date.now() - began) / 1_000;
        }
      },
    });
    await until("the API server to refuse a pod", async () =>
      (await refusals()).includes("no Linkerd sidecar was added to this pod"),
    );
    assert.equal(
      await Promise.race([up, until("the reason", () => Promise.resolve(seconds !== undefined))]),
      undefined,
    );
    assert.ok(seconds! < 60, `${seconds} s`);
    assert.deepEqual(await readyPods(), before);

    await installInjector(scene().cluster, NAMESPACE);
    await up;
    const later = await readyPods();
    assert.equal(later.length, 2);
    assert.ok(later.every((name) => !before.includes(name)));
  });
});
