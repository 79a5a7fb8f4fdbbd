import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../../e2e/support/wait";
import { type LoadResult, lost, startLoad } from "../scene/load";
import { proxyPods } from "../scene/pods";
import type { Stage } from "../stage";

/** Milliseconds of load before and after a change. */
const CALM = 3_000;

/** Requests while the proxy's pods are replaced, and while one of them dies. */
export function underLoad(stage: () => Stage): void {
  const figures = (context: TestContext, { sent, outcomes, slowest }: LoadResult): void =>
    context.diagnostic(`${sent} requests: ${JSON.stringify(outcomes)}, the slowest took ${slowest} ms`);

  it("a roll-out loses no request", async (context) => {
    const { cast, scene, up, urls, thirdParties } = stage();
    const before = await proxyPods(scene);
    const load = await startLoad(cast.web, `${urls[thirdParties.api]!}/`);
    await sleep(CALM);
    // Another policy, so all pods are replaced.
    await up({ upstreams: stage().upstreams({ timeouts: { response: "50s" } }) });
    await sleep(CALM);
    const result = await load.stop();
    figures(context, result);
    const old = new Set(before.map(({ metadata }) => metadata.name));
    assert.ok((await proxyPods(scene)).every(({ metadata }) => !old.has(metadata.name)));
    assert.equal(lost(result), 0, JSON.stringify(result));
  });

  it("a pod that is deleted takes no request with it", async (context) => {
    const { cast, scene, urls, thirdParties } = stage();
    const [victim] = await proxyPods(scene);
    const load = await startLoad(cast.web, `${urls[thirdParties.api]!}/`);
    await sleep(CALM);
    const { name, namespace } = victim!.metadata;
    await scene.kubectl(["delete", "pod", name, "-n", namespace, "--timeout=60s"]);
    await sleep(CALM);
    const result = await load.stop();
    figures(context, result);
    assert.equal(lost(result), 0, JSON.stringify(result));
    await until("two proxy pods", async () => (await readyPods(scene)) === 2);
  });

  it("a pod that is killed takes with it what it had, and no more", async (context) => {
    const { cast, scene, urls, thirdParties } = stage();
    const [victim] = await proxyPods(scene);
    // Half of these are at the victim at any moment.
    const load = await startLoad(cast.web, `${urls[thirdParties.api]!}/slow?ms=200`);
    await sleep(CALM);
    const { name, namespace } = victim!.metadata;
    await scene.kubectl(["delete", "pod", name, "-n", namespace, "--grace-period=0", "--force"]);
    await sleep(2 * CALM);
    const result = await load.stop();
    figures(context, result);
    // Four are in flight there, and as many follow until all sidecars know.
    assert.ok(lost(result) <= 40, `more than a second of requests lost: ${JSON.stringify(result)}`);
    await until("two proxy pods", async () => (await readyPods(scene)) === 2);
  });
}

async function readyPods(scene: Stage["scene"]): Promise<number> {
  const pods = await proxyPods(scene);
  return pods.filter(({ status }) =>
    status.conditions.some(({ type, status: state }) => type === "Ready" && state === "True"),
  ).length;
}
