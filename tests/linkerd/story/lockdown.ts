import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { EgressLockdown, type LockdownMode } from "../../../index";
import type { Prometheus } from "../../e2e/support/prometheus";
import { until } from "../../e2e/support/wait";
import type { Stack } from "../../harness/stack";
import { documentedQueries } from "../queries/documented";
import { startPrometheusFor } from "../queries/prometheus";
import { callDirectly, connects } from "../scene/direct";
import { findBlockable } from "../scene/network-policies";
import { proxyPods } from "../scene/pods";
import { OTHER_PORT, THIRD_PARTIES } from "../scene/third-parties";
import type { Stage } from "../stage";

const ROOT = join(__dirname, "../../..");
const { host: HOST, address: ADDRESS } = THIRD_PARTIES.api;
/** `suggest` leaves out names such as HOST's, which nobody can own (RFC 6761). */
const PUBLIC = "api.github.com";

/** The applications' namespace closed: in audit, with the documents' queries, and enforced. */
export function lockdown(stage: () => Stage): void {
  let stack: Stack;
  const lock = (mode: LockdownMode) =>
    stack.up(() => {
      const { shop, proxy } = stage().scene.namespaces;
      const { linkerd } = stage().scene;
      const mesh = { controlPlaneNamespace: linkerd.namespace };
      new EgressLockdown("lockdown", { namespaces: [shop], proxyNamespace: proxy, mode, mesh });
    });
  before(() => {
    stack = stage().scene.stack("lockdown");
  });

  describe("in audit", () => {
    let prometheus: Prometheus | undefined;

    before(async () => {
      const { scene, cast, up } = stage();
      await lock("audit");
      // So that there are clients without an identity to count.
      await up({ mesh: { mode: "optional" } });
      const sidecar = { namespace: cast.web.namespace, pod: cast.web.name, container: "client", port: 4191 };
      const proxies = (await proxyPods(scene)).map(({ metadata: { namespace, name } }) => ({
        namespace,
        pod: name,
        container: "proxy",
        port: 9090,
      }));
      prometheus = await startPrometheusFor(scene.kubectl, [sidecar, ...proxies]);
    });
    after(() => prometheus?.stop());

    it("a call that does not take the proxy passes", async () => {
      assert.equal(await callDirectly(stage().cast.web, HOST, ADDRESS), 200);
    });

    it("the API server counts a pod that it would refuse", async () => {
      const { namespaces, kubectl } = stage().scene;
      const spec = { hostNetwork: true, containers: [{ name: "app", image: "app.invalid/app:1" }] };
      const metadata = { name: "asked", namespace: namespaces.shop };
      const asked = () =>
        kubectl(
          ["create", "--dry-run=server", "--warnings-as-errors", "-f", "-"],
          JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata, spec }),
        );
      await assert.rejects(asked(), /hostNetwork is not allowed.*warning/s);
    });

    for (const { file, query } of documentedQueries()) {
      it(`a query of docs/${file} finds data: ${query}`, async () => {
        await until("a result", async () => {
          await traffic(stage());
          const found = await prometheus!.query(query);
          return found.some(({ value }) => Number(value[1]) > 0);
        });
      });
    }

    it("`suggest --metrics` lists the hosts that TLS connections asked for, by these metrics", async () => {
      const { namespaces } = stage().scene;
      const query = documentedQueries().find(({ query: text }) =>
        text.startsWith("sum by (namespace, hostname)"),
      );
      const response = await prometheus!.response(query!.query);
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["--import=tsx", "proxy-image/src/cli/main.ts", "suggest", "--metrics"],
        { cwd: ROOT, input: response, encoding: "utf8" },
      );
      assert.equal(status, 0, stderr);
      const hosts = [...stdout.matchAll(/host: "([^"]+)"/g)].map(([, host]) => host);
      assert.deepEqual(hosts, [PUBLIC], stdout);
      assert.match(stdout, new RegExp(`namespace: "${namespaces.shop}"`));
    });
  });

  describe("enforced", () => {
    /** An address outside of the pods' network at which a NetworkPolicy is seen to block; and why there is none. */
    let outside: Awaited<ReturnType<typeof findBlockable>>;

    before(async () => {
      const { scene, up } = stage();
      await up();
      outside = await findBlockable(scene);
      await lock("enforce");
    });

    it("the proxy remains", async () => {
      const { cast, urls } = stage();
      const { status, body } = await cast.web.request(`${urls[HOST]!}/`);
      assert.equal(status, 200, body);
    });

    it("a meshed client's own call is closed by its sidecar", async () => {
      const { cast } = stage();
      await until("the Deny", async () => (await callDirectly(cast.web, HOST, ADDRESS)) !== 200);
      assert.match(
        String(await callDirectly(cast.web, HOST, ADDRESS)),
        /^(?:ECONNRESET|EPIPE|.*(?:hang up|disconnected).*)$/,
      );
    });

    it("other namespaces are as they were", async () => {
      assert.equal(await callDirectly(stage().cast.reports, HOST, ADDRESS), 200);
    });

    it("a client without a sidecar, from before, is stopped by the NetworkPolicy", async (context) => {
      const { cast } = stage();
      if ("reason" in outside) {
        context.skip(outside.reason);
        return;
      }
      const { host, port } = outside.address;
      await until(
        "the NetworkPolicy",
        async () => (await connects(cast.stranger, host, port)) !== "connected",
      );
    });

    it("pods with Linkerd's sidecar are accepted, and work", async () => {
      const { scene, urls } = stage();
      const namespace = scene.namespaces.shop;
      const late = await scene.client({ namespace, name: "late", serviceAccountName: "web" });
      const { status, body } = await late.request(`${urls[HOST]!}/`);
      assert.equal(status, 200, body);
    });

    it("pods without one are not", async () => {
      const { scene } = stage();
      const namespace = scene.namespaces.shop;
      await assert.rejects(
        scene.client({ namespace, name: "bypass", meshed: false }),
        /not allowed in a namespace under egress lockdown/,
      );
    });
  });

  it("opened again, calls pass as before", async () => {
    await stack.destroy();
    const { cast } = stage();
    await until("the end of the lockdown", async () => (await callDirectly(cast.web, HOST, ADDRESS)) === 200);
  });
}

/** What the queries count: TLS and HTTP that does not take the proxy, TLS on another port, an unmeshed client. */
async function traffic({ cast, urls, thirdParties }: Stage): Promise<void> {
  await callDirectly(cast.web, PUBLIC, ADDRESS, { verify: false });
  await cast.web.request(`http://${ADDRESS}:80/`, { headers: { host: "plain.example.test" } });
  await callDirectly(cast.web, HOST, ADDRESS, { port: OTHER_PORT });
  await cast.stranger.request(`${urls[thirdParties.second]!}/`);
  // Until the next reading.
  await sleep(3_000);
}
