import assert from "node:assert/strict";
import { it } from "node:test";
import { proxyPods } from "../scene/pods";
import type { Stage } from "../stage";

/** Settings of the sidecar, and modes of the mesh. */
export function settings(stage: () => Stage): void {
  it("the sidecar's admin port may be another", async () => {
    const { scene, cast, up, urls, thirdParties } = stage();
    await up({ podAnnotations: { "config.linkerd.io/admin-port": "4195" } });
    const [pod] = await proxyPods(scene);
    const { name, namespace } = pod!.metadata;
    const ask = `fetch("http://127.0.0.1:4195/ready").then(({ status }) => console.log(status))`;
    const status = await scene.kubectl([
      "exec",
      "-n",
      namespace,
      name,
      "-c",
      "proxy",
      "--",
      "node",
      "-e",
      ask,
    ]);
    assert.equal(status.trim(), "200");
    const answer = await cast.web.request(`${urls[thirdParties.api]!}/`);
    assert.equal(answer.status, 200, answer.body);
  });

  it('"optional" serves a client without a sidecar, but not by rules that name clients', async () => {
    const { cast, up, urls, thirdParties } = stage();
    await up({ mesh: { mode: "optional" } });
    const open = await cast.stranger.request(`${urls[thirdParties.second]!}/`);
    assert.equal(open.status, 200, open.body);
    const keyed = await cast.stranger.request(`${urls[thirdParties.api]!}/`);
    assert.equal(keyed.status, 403);
    assert.match(keyed.body!, /#client-unknown/);
    const named = await cast.web.request(`${urls[thirdParties.api]!}/`);
    assert.equal(named.status, 200, named.body);
  });
}
