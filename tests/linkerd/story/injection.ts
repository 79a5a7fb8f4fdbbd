import assert from "node:assert/strict";
import { it } from "node:test";
import type { Scene } from "../scene/scene";
import { type Pod, proxyPods } from "../scene/pods";

/** The proxy's pods are in the mesh, as what they are. */
export function injection(scene: () => Scene): void {
  it("every proxy pod has a sidecar, and is ready with it", async () => {
    const pods = await proxyPods(scene());
    assert.equal(pods.length, 2);
    for (const pod of pods) {
      const sidecar = containersOf(pod).find(({ name }) => name === "linkerd-proxy");
      assert.ok(sidecar, `${pod.metadata.name} has no sidecar`);
      assert.ok(pod.status.conditions.some(({ type, status }) => type === "Ready" && status === "True"));
    }
  });

  it("the sidecar's settings are those of docs/mesh.md", async () => {
    const [pod] = await proxyPods(scene());
    const sidecar = containersOf(pod!).find(({ name }) => name === "linkerd-proxy")!;
    const settings = Object.fromEntries((sidecar.env ?? []).map(({ name, value }) => [name, value]));
    assert.equal(settings.LINKERD2_PROXY_INBOUND_DEFAULT_POLICY, "deny");
    assert.equal(settings.LINKERD2_PROXY_OUTBOUND_CONNECT_TIMEOUT, "5000ms");
    const { namespaces, name, linkerd } = scene();
    const identity = `${name}-proxy.${namespaces.proxy}.serviceaccount.identity.${linkerd.namespace}.${linkerd.trustDomain}`;
    const local = settings.LINKERD2_PROXY_IDENTITY_LOCAL_NAME!.replace(
      "$(_pod_sa).$(_pod_ns)",
      `${name}-proxy.${namespaces.proxy}`,
    );
    assert.equal(local, identity);
  });
}

function containersOf({ spec }: Pod): Pod["spec"]["containers"] {
  return [...spec.containers, ...(spec.initContainers ?? [])];
}
