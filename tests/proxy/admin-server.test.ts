import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { it } from "node:test";
import { Gauge, Registry } from "prom-client";
import { createAdminServer } from "../../proxy-image/src/proxy/admin/admin-server";
import { ask } from "./support/client";

it("the admin port answers probes, Prometheus and nothing else", async (t) => {
  const registry = new Registry();
  new Gauge({ name: "one", help: "A gauge.", registers: [registry] }).set(1);
  let ready = true;
  const server = createAdminServer(registry, () => ready, false).listen(0, "127.0.0.1");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const get = async (path: string, method = "GET"): Promise<[number, string, string]> => {
    const { status, headers, body } = await ask({ port, host: "admin", path, method });
    return [status, String(headers["content-type"]), body.toString()];
  };
  const plain = "text/plain; charset=utf-8";
  assert.deepEqual(await get("/live"), [200, plain, "live\n"]);
  assert.deepEqual(await get("/ready"), [200, plain, "ready\n"]);
  ready = false;
  assert.deepEqual(await get("/ready"), [503, plain, "not ready\n"]);
  assert.deepEqual(await get("/ready", "HEAD"), [503, plain, ""]);
  const [status, type, metrics] = await get("/metrics?name=one");
  assert.deepEqual([status, type], [200, registry.contentType]);
  assert.match(metrics, /^one 1$/m);
  for (const [path, method] of [
    ["/", "GET"],
    ["/metrics/more", "GET"],
    ["/live", "POST"],
  ] as const)
    assert.equal((await get(path, method))[0], 404, `${method} ${path}`);
});

it("metrics that can't be read are an error, not a connection without end", async (t) => {
  const registry = new Registry();
  const broken = () => {
    throw new Error("broken");
  };
  new Gauge({ name: "one", help: "A gauge.", registers: [registry], collect: broken });
  const server = createAdminServer(registry, () => true, false).listen(0, "127.0.0.1");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { status } = await ask({ port, host: "admin", path: "/metrics" });
  assert.equal(status, 500);
});
