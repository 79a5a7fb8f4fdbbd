// `node --import k8s-egress-client/register`, with a program that knows nothing of it, in this version of Node.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { startProxy } from "./proxy.mjs";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));

async function run(env) {
  const proxy = await startProxy(["api.stripe.com"]);
  const imports = ["--import=./test/names.mjs", "--import=k8s-egress-client/register"];
  const child = spawn(process.execPath, [...imports, "test/program.mjs"], {
    cwd: PACKAGE,
    env: {
      PATH: process.env.PATH,
      TEST_UPSTREAMS: "api.stripe.com",
      TEST_PROXY_PORT: String(proxy.server.address().port),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"]) {
    child[stream].on("data", (chunk) => (output[stream] += chunk));
  }
  const status = await new Promise((resolve) => child.on("close", resolve));
  await proxy.close();
  return { status, ...output, seen: proxy.seen };
}

describe("register", () => {
  it("sends fetch, undici, axios, got and node:https through the proxy", async () => {
    const { status, stdout, stderr } = await run({ EGRESS_DOMAIN: "egress.local" });
    assert.equal(status, 0, stderr);
    const expected = { method: "POST", url: "/v1", host: "api.stripe.com", text: "x" };
    for (const [way, found] of Object.entries(JSON.parse(stdout))) assert.deepEqual(found, expected, way);
  });

  it("changes nothing where EGRESS_DOMAIN is unset", async () => {
    const { status, stdout, stderr, seen } = await run({});
    assert.equal(status, 0, stderr);
    for (const [way, found] of Object.entries(JSON.parse(stdout))) {
      assert.match(found, /ENOTFOUND api\.stripe\.com$/m, way);
    }
    assert.equal(seen.length, 0);
  });

  it("says why a name does not resolve", async () => {
    const { stdout } = await run({ EGRESS_DOMAIN: "egress.local", TEST_UPSTREAMS: "" });
    for (const [way, found] of Object.entries(JSON.parse(stdout))) {
      assert.match(found, /api\.stripe\.com\.egress\.local does not resolve/, way);
    }
  });

  it("does not start the program where EGRESS_DOMAIN is wrong", async () => {
    const { status, stdout, stderr } = await run({ EGRESS_DOMAIN: "example.com" });
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /EgressConfigError: EGRESS_DOMAIN "example\.com" ends in "\.com"/);
  });
});
