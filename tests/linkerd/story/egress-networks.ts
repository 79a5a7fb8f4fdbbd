import assert from "node:assert/strict";
import { it } from "node:test";
import { until } from "../../e2e/support/wait";
import { callDirectly } from "../scene/direct";
import { THIRD_PARTIES, THIRD_PARTY_RANGE } from "../scene/third-parties";
import type { Stage } from "../stage";

/** EgressNetworks that deny, and a third party that refuses: through a sidecar they look alike. */
export function egressNetworks(stage: () => Stage): void {
  const failure = async (): Promise<string> => {
    const { cast, urls, thirdParties } = stage();
    const { status, body } = await cast.web.request(`${urls[thirdParties.api]!}/`);
    return `${status} ${/#([a-z-]+)/.exec(body ?? "")?.[1] ?? ""}`.trim();
  };
  const network = (name: string, namespace: string) => ({
    apiVersion: "policy.linkerd.io/v1alpha1",
    kind: "EgressNetwork",
    metadata: { name, namespace },
    // Nobody else's traffic: the range is one for documentation (RFC 5737).
    spec: { trafficPolicy: "Deny", networks: [{ cidr: THIRD_PARTY_RANGE }] },
  });

  it("a third party that refuses is 502 with the reason, as its connection is closed before TLS", async () => {
    const { cast, urls, thirdParties } = stage();
    const { status, body } = await cast.web.request(`${urls[thirdParties.refusing]!}/`);
    assert.equal(status, 502, body);
    assert.match(body!, /#connection-closed-before-tls/);
    assert.match(body!, /EgressNetwork/);
  });

  it("a global Deny closes a namespace without an EgressNetwork, and leaves the proxy's open", async () => {
    const { scene, cast } = stage();
    const { kubectl, linkerd, name } = scene;
    const namespace = linkerd.globalEgressNamespace;
    const had = await kubectl(["get", "namespace", namespace, "--ignore-not-found", "-o", "name"]);
    if (!had) await scene.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    const { host, address } = THIRD_PARTIES.api;
    try {
      assert.equal(await callDirectly(cast.reports, host, address), 200);
      await scene.apply(network(name, namespace));
      await until(
        "the global EgressNetwork's Deny",
        async () => (await callDirectly(cast.reports, host, address)) !== 200,
      );
      assert.equal(await failure(), "200");
    } finally {
      await kubectl([
        "delete",
        "egressnetwork.policy.linkerd.io",
        name,
        "-n",
        namespace,
        "--ignore-not-found",
      ]);
      if (!had) await kubectl(["delete", "namespace", namespace, "--timeout=60s"]);
    }
  });

  it("an EgressNetwork that denies the proxy's own connections is 502 with the same reason", async () => {
    const { scene, up } = stage();
    const { proxy } = scene.namespaces;
    await up({ mesh: { egressNetwork: false } });
    assert.equal(await failure(), "200");
    await scene.apply(network("closed", proxy));
    await until("the Deny", async () => (await failure()) !== "200");
    assert.equal(await failure(), "502 connection-closed-before-tls");
    await scene.kubectl(["delete", "egressnetwork.policy.linkerd.io", "closed", "-n", proxy]);
    await until("the way out", async () => (await failure()) === "200");
    await up();
  });
}
