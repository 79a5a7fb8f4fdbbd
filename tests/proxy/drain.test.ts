import assert from "node:assert/strict";
import http from "node:http";
import { describe, it } from "node:test";
import { ask } from "./support/client";
import { startWorld, upstream } from "./support/world";

const HOST = "api.example.com";
const NAME = `${HOST}.egress.local`;

describe("admin port", () => {
  it("has probes and metrics, and the data port has none of them", async (t) => {
    const world = await startWorld({ [HOST]: upstream("api-example-com") });
    t.after(() => world.close());
    await world.internet.https([HOST], (req, res) => res.end(req.url));
    const admin = (path: string): ReturnType<typeof ask> =>
      ask({ port: world.adminPort, host: "admin", path });
    assert.equal((await admin("/live")).status, 200);
    assert.equal((await admin("/ready")).status, 200);
    assert.equal((await admin("/")).status, 404);
    for (const path of ["/live", "/ready", "/metrics"]) {
      assert.equal((await ask({ port: world.port, host: NAME, path })).body.toString(), path);
    }
    await ask({ port: world.port, host: "other.egress.local" });
    const metrics = (await admin("/metrics")).body.toString();
    assert.match(
      metrics,
      /^http_server_request_duration_seconds_count\{upstream="api.example.com",http_request_method="GET",http_response_status_code="200"\} 3$/m,
    );
    assert.match(
      metrics,
      /^egress_failures_total\{upstream="none",failure="not-listed",proxy_status="http_request_denied"\} 1$/m,
    );
    assert.equal(metrics.includes("other"), false, "names that clients chose are no labels");
  });
});

describe("drain", () => {
  it("not ready, serves on with Connection: close, finishes what is in flight", async (t) => {
    const world = await startWorld({ [HOST]: upstream("api-example-com") });
    t.after(() => world.close());
    await world.internet.https([HOST], (req, res) => {
      res.flushHeaders();
      setTimeout(() => res.end("done"), req.url === "/slow" ? 1_800 : 0);
    });
    const slow = ask({ port: world.port, host: NAME, path: "/slow" });
    const agent = new http.Agent({ keepAlive: true });
    await ask({ port: world.port, host: NAME, agent });
    const drained = world.proxy.drain(10_000);
    assert.equal((await ask({ port: world.adminPort, host: "admin", path: "/ready" })).status, 503);
    const late = await ask({ port: world.port, host: NAME, agent });
    assert.equal(late.status, 200);
    assert.equal(late.headers.connection, "close");
    const answer = await slow;
    assert.equal(answer.body.toString(), "done");
    assert.equal(await drained, 0);
    await assert.rejects(ask({ port: world.port, host: NAME }), "nothing listens any more");
    agent.destroy();
  });

  it("cuts what lasts longer than the limit", async (t) => {
    const world = await startWorld({ [HOST]: upstream("api-example-com") });
    t.after(() => world.close());
    await world.internet.https([HOST], (_req, res) => void res.write("never ends"));
    const endless = ask({ port: world.port, host: NAME });
    const cut = assert.rejects(endless);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const began = performance.now();
    assert.equal(await world.proxy.drain(1_500), 1);
    assert.ok(performance.now() - began < 2_500);
    await cut;
  });

  it("no request fails while clients reconnect under load", async (t) => {
    const world = await startWorld({ [HOST]: upstream("api-example-com") });
    t.after(() => world.close());
    await world.internet.https([HOST], (_req, res) => res.end("ok"));
    const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
    let ok = 0;
    const failed: unknown[] = [];
    let stop = false;
    const client = async (): Promise<void> => {
      while (!stop) {
        await ask({ port: world.port, host: NAME, agent }).then(
          ({ status }) => (status === 200 ? ok++ : failed.push(status)),
          (error: unknown) => failed.push(error),
        );
      }
    };
    const clients = Array.from({ length: 8 }, client);
    // However busy the machine is, all connections are in use.
    while (ok < 100) await new Promise((resolve) => setTimeout(resolve, 20));
    const drained = world.proxy.drain(10_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    // From here on Kubernetes sends clients elsewhere.
    stop = true;
    await Promise.all(clients);
    assert.equal(await drained, 0);
    assert.deepEqual(failed, []);
    agent.destroy();
  });
});
