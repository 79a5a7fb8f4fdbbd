import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, before } from "node:test";
import { policyHash } from "../../proxy-image/src/contract/policy/hash";
import { programOf } from "../../proxy-image/program.mjs";
import { freePorts } from "../harness/free-ports";
import { ask } from "../proxy/support/client";
import { policyOf, upstream } from "../proxy/support/world";
import { BUILD_TIMEOUT, receiverProgram, startReceiver, withoutGo } from "./support/receiver";

const IMAGE = join(__dirname, "../../proxy-image/src/proxy");

describe("the image's program", { skip: withoutGo, timeout: BUILD_TIMEOUT }, () => {
  before(receiverProgram, { timeout: BUILD_TIMEOUT });

  it("loads its tracing, and exports the last spans before it ends", async (t) => {
    const receiver = await startReceiver();
    t.after(() => receiver[Symbol.asyncDispose]());
    const folder = mkdtempSync(join(tmpdir(), "k8s-egress-traces-"));
    t.after(() => rmSync(folder, { recursive: true }));
    for (const [name, source] of [
      ["proxy.js", "main.ts"],
      ["tracing.js", "trace/tracing.ts"],
    ] as const)
      writeFileSync(join(folder, name), await programOf(join(IMAGE, source)));
    const policy = policyOf({ "api.example.com": upstream("api-example-com") });
    delete policy.mesh;
    policy.tracing = { endpoint: receiver.endpoint, sampleRatio: 1, clientSampledPerSecond: 0 };
    const text = JSON.stringify(policy);
    writeFileSync(join(folder, "policy.json"), text);
    const [port, adminPort, policyPort] = (await freePorts(3)) as [number, number, number];
    const child = spawn(
      process.execPath,
      [
        ...[join(folder, "proxy.js"), "--policy", join(folder, "policy.json")],
        ...["--policy-sha256", policyHash(text), "--mesh", "none", "--port", String(port)],
        ...["--admin-port", String(adminPort), "--policy-port", String(policyPort)],
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    t.after(() => child.kill("SIGKILL"));
    let output = "";
    await new Promise<void>((resolve, reject) => {
      child.once("exit", () => reject(new Error(`it ended: ${output}`)));
      child.stdout.on("data", (data: Buffer) => {
        output += data.toString();
        if (output.includes('"serving"')) resolve();
      });
    });
    assert.equal((await ask({ port, host: "other.example.com.egress.local" })).status, 403);
    child.kill("SIGTERM");
    await once(child, "exit");
    const deadline = performance.now() + 2_000;
    while (receiver.spans.length === 0) {
      assert.ok(performance.now() < deadline, "no span came");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(receiver.spans[0]!.attributes["egress.failure"], "not-listed");
  });
});
