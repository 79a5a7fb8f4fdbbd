import assert from "node:assert/strict";
import { it } from "node:test";
import { until } from "../../e2e/support/wait";
import { lost, startLoad } from "../scene/load";
import { proxyPods } from "../scene/pods";
import type { Stage } from "../stage";

/** The injector's webhook leaves such a namespace alone, as if it were down. */
const IGNORED = "config.linkerd.io/admission-webhooks";

/** What becomes of a roll-out while pods get no sidecar. */
export function injector(stage: () => Stage): void {
  it("without it no pod is created, the old ones serve, and the roll-out goes on when it is back", async () => {
    const { scene, cast, urls, thirdParties } = stage();
    const { kubectl, name, namespaces } = scene;
    const namesOfPods = async () => (await proxyPods(scene)).map(({ metadata }) => metadata.name).sort();
    const before = await namesOfPods();
    const deployment = `deployment/${name}-proxy`;
    const load = await startLoad(cast.web, `${urls[thirdParties.api]!}/`);
    await kubectl(["label", "namespace", namespaces.proxy, `${IGNORED}=disabled`]);
    try {
      await kubectl(["rollout", "restart", deployment, "-n", namespaces.proxy]);
      const why = `{.status.conditions[?(@.type=="ReplicaFailure")].message}`;
      await until("the API server to refuse a pod", async () =>
        (await kubectl(["get", deployment, "-n", namespaces.proxy, "-o", `jsonpath=${why}`])).includes(
          "no Linkerd sidecar was added to this pod",
        ),
      );
      assert.deepEqual(await namesOfPods(), before);
    } finally {
      await kubectl(["label", "namespace", namespaces.proxy, `${IGNORED}-`]);
    }
    await kubectl(["rollout", "status", deployment, "-n", namespaces.proxy, "--timeout=180s"]);
    const result = await load.stop();
    assert.equal(lost(result), 0, JSON.stringify(result));
  });
}
