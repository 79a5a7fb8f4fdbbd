import assert from "node:assert/strict";
import { it } from "node:test";
import type { Stage } from "../stage";

/** The policy decides by the identity that the mesh gives. */
export function identity(stage: () => Stage): void {
  it("the client that the policy names gets through, and the third party sees verified TLS and nothing of the mesh", async () => {
    const { cast, urls, thirdParties } = stage();
    const { status, body } = await cast.web.request(`${urls[thirdParties.api]!}/v1/x?y=1`);
    assert.equal(status, 200, body);
    const seen = JSON.parse(body!) as { path: string; serverName: string; headers: Record<string, string> };
    assert.equal(seen.path, "/v1/x?y=1");
    assert.equal(seen.serverName, thirdParties.api);
    assert.deepEqual(
      Object.keys(seen.headers).filter((name) => name.startsWith("l5d")),
      [],
    );
  });

  it("another meshed client gets 403, with its own identity and nothing about others", async () => {
    const { cast, urls, thirdParties, scene } = stage();
    const { status, body } = await cast.reports.request(`${urls[thirdParties.api]!}/`);
    assert.equal(status, 403);
    assert.match(body!, /#client-denied/);
    assert.match(body!, new RegExp(`${scene.namespaces.reports}/default`));
    assert.doesNotMatch(body!, /web/);
  });

  it("it may call what is open to every meshed client", async () => {
    const { cast, urls, thirdParties } = stage();
    const { status, body } = await cast.reports.request(`${urls[thirdParties.second]!}/`);
    assert.equal(status, 200, body);
  });

  it('a client without a sidecar is refused by the mesh itself, with "required"', async () => {
    const { cast, urls, thirdParties } = stage();
    for (const host of [thirdParties.api, thirdParties.second]) {
      const { status, headers, body } = await cast.stranger.request(`${urls[host]!}/`);
      assert.equal(status, 403, host);
      // The proxy's own refusal has a body and says who it is.
      assert.equal(headers!["proxy-status"], undefined);
      assert.equal(body, "");
    }
  });

  it("a host that is not listed gets 403", async () => {
    const { cast, urls, thirdParties } = stage();
    const headers = { host: "other.example.test" };
    const { status } = await cast.web.request(`${urls[thirdParties.api]!}/`, { headers });
    assert.equal(status, 403);
  });

  it("a pod whose service account has a dot in its name gets in nowhere", async () => {
    const { scene, urls, thirdParties } = stage();
    const namespace = scene.namespaces.reports;
    const serviceAccountName = "web.old";
    const metadata = { name: serviceAccountName, namespace };
    await scene.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata });
    const client = await scene
      .client({ namespace, name: "dotted", serviceAccountName })
      // Without an identity its sidecar never gets ready, so the pod does not either.
      .catch(() => undefined);
    const answer = await client?.request(`${urls[thirdParties.second]!}/`);
    assert.notEqual(answer?.status, 200, JSON.stringify(answer));
  });
}
