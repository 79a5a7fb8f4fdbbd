import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { policyHash } from "../../proxy-image/src/contract/policy/hash";
import { SidecarMissingError } from "../../proxy-image/src/proxy/mesh/sidecar";
import { run } from "../../proxy-image/src/proxy/run";
import { ask } from "../proxy/support/client";
import { Internet, clientField, policyOf, upstream } from "../proxy/support/world";
import { freePort } from "../harness/free-ports";

describe("a proxy's process and its sidecar", () => {
  const policy = JSON.stringify(policyOf({ "api.example.com": upstream("api-example-com") }));
  const patience = { required: 300, optional: 100, interval: 20 };
  const internet = new Internet();
  let folder = "";

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "egress-test-"));
    writeFileSync(join(folder, "policy.json"), policy);
    await internet.https(["api.example.com"], (_req, res) => res.end("reached"));
  });
  after(async () => {
    await internet.close();
    rmSync(folder, { recursive: true });
  });

  /** A process with its sidecar at this port; its own ports, and how it ends. */
  async function start(mode: string, sidecarPort: number) {
    const [port, adminPort, policyPort] = await Promise.all([freePort(), freePort(), freePort()]);
    let end: (reason: string) => void = () => undefined;
    const ended = run(
      [
        ...["--policy", join(folder, "policy.json"), "--policy-sha256", policyHash(policy)],
        ...["--mesh", mode, "--sidecar-port", `${sidecarPort}`, "--drain", "100ms", "--log-level", "error"],
        ...["--port", `${port}`, "--admin-port", `${adminPort}`, "--policy-port", `${policyPort}`],
      ],
      {
        network: internet,
        own: [],
        sidecarPatience: patience,
        asked: new Promise((resolve) => (end = resolve)),
      },
    );
    return { port, adminPort, end, ended };
  }
  const ready = async (port: number): Promise<number> =>
    (await ask({ port, host: "admin", path: "/ready" })).status;
  const call = async (port: number, headers = {}): Promise<number | string | undefined> =>
    ask({ port, host: "api.example.com.egress.local", headers }).then(
      ({ status }) => status,
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    );
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    const limit = performance.now() + 5_000;
    while (!(await condition().catch(() => false))) {
      assert.ok(performance.now() < limit, "not within 5 s");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it("required: nobody gets in before the sidecar is ready, then whoever it names", async () => {
    let status = 503;
    const sidecar = http.createServer((_req, res) => res.writeHead(status).end()).listen(0, "127.0.0.1");
    await once(sidecar, "listening");
    const { port, adminPort, end, ended } = await start("required", (sidecar.address() as AddressInfo).port);
    await until(async () => (await ready(adminPort)) === 503);
    // Longer than its patience with one that is absent.
    await new Promise((resolve) => setTimeout(resolve, patience.required * 2));
    assert.equal(await ready(adminPort), 503, "alive, and not ready");
    assert.equal(await call(port, clientField("shop/web")), "ECONNREFUSED");
    status = 200;
    await until(async () => (await ready(adminPort)) === 200);
    assert.equal(await call(port, clientField("shop/web")), 200);
    assert.equal(await call(port), 403);
    end("test");
    await ended;
    sidecar.close();
  });

  it("required: ends with the reason where there is none", async () => {
    const { port, ended } = await start("required", await freePort());
    await assert.rejects(ended, SidecarMissingError);
    assert.equal(await call(port), "ECONNREFUSED");
  });

  it("optional: serves without one", async () => {
    const { port, adminPort, end, ended } = await start("optional", await freePort());
    await until(async () => (await ready(adminPort)) === 200);
    assert.equal(await call(port), 200);
    end("test");
    await ended;
  });
});
