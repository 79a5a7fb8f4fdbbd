import assert from "node:assert/strict";
import { it } from "node:test";
import type { AppPod } from "../../e2e/support/pod";
import { until } from "../../e2e/support/wait";
import { proxyPods } from "../scene/pods";
import type { Stage } from "../stage";

/** Who reads the metrics of the proxy's sidecar, which denies everyone by default. */
export function monitoring(stage: () => Stage): void {
  const metrics = async (client: AppPod, port = 4191) => {
    const [pod] = await proxyPods(stage().scene);
    return client.request(`http://${pod!.status.podIP}:${port}/metrics`);
  };

  it("a Prometheus of a namespace in `monitoring` reads them without a sidecar", async () => {
    const { scene } = stage();
    const namespace = scene.namespaces.monitoring;
    const prometheus = await scene.client({ namespace, name: "prometheus", meshed: false });
    const { status, body } = await metrics(prometheus);
    assert.equal(status, 200, body);
    assert.match(body!, /^outbound_tcp_|^inbound_http_|^request_total/m);
    const own = await metrics(prometheus, 9090);
    assert.match(own.body!, /^# TYPE egress_/m);
  });

  it("with `meshed`, only the identities of these namespaces read them", async () => {
    const { scene, cast, up } = stage();
    const namespace = scene.namespaces.monitoring;
    await up({ monitoring: { namespaces: [namespace], meshed: true } });
    const prometheus = await scene.client({ namespace, name: "meshed-prometheus" });
    const unmeshed = await scene.client({ namespace, name: "late-prometheus", meshed: false });
    await until("the meshed Prometheus to be let in", async () => (await metrics(prometheus)).status === 200);
    for (const other of [cast.reports, unmeshed]) {
      const { status } = await metrics(other);
      assert.notEqual(status, 200);
    }
    await up();
  });
}
