import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pino } from "pino";
import { policyFiles, policyText } from "../../proxy-image/src/contract/policy/files";
import { policyHash } from "../../proxy-image/src/contract/policy/hash";
import { loadPolicy } from "../../proxy-image/src/contract/policy/load";
import { parseCommandLine } from "../../proxy-image/src/proxy/command-line";
import { SidecarMissingError, awaitSidecar } from "../../proxy-image/src/proxy/mesh/sidecar";
import { ask } from "./support/client";
import { policyOf, upstream } from "./support/world";
import { freePort } from "../harness/free-ports";

const MAIN = "proxy-image/src/proxy/main.ts";

interface Ended {
  code: number | null;
  stderr: string;
  stdout: string;
}

function start(...args: string[]): { end: () => void; ended: Promise<Ended>; serving: Promise<void> } {
  const child = spawn(process.execPath, ["--import=tsx", MAIN, ...args]);
  let stderr = "";
  let stdout = "";
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  const serving = new Promise<void>((resolve) => {
    child.stdout.on("data", (data: Buffer) => {
      stdout += data.toString();
      if (stdout.includes('"serving"')) resolve();
    });
  });
  const ended = once(child, "exit").then(([code]) => ({ code: code as number | null, stderr, stdout }));
  return { end: () => child.kill("SIGTERM"), ended, serving };
}

describe("process", () => {
  let folder = "";
  let policy = "";
  const { mesh, ...unmeshed } = policyOf({ "api.example.com": upstream("api-example-com") });
  const text = JSON.stringify(unmeshed);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "egress-test-"));
    policy = join(folder, "policy.json");
    writeFileSync(policy, text);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("serves, and exits 0 after SIGTERM", async () => {
    const port = await freePort();
    const adminPort = await freePort();
    const policyPort = await freePort();
    const proxy = start(
      ...["--policy", policy, "--policy-sha256", policyHash(text), "--mesh", "none", "--drain", "5s"],
      ...["--port", String(port), "--admin-port", String(adminPort), "--policy-port", String(policyPort)],
    );
    await proxy.serving;
    assert.equal((await ask({ port: adminPort, host: "admin", path: "/ready" })).status, 200);
    assert.equal((await ask({ port, host: "other.egress.local" })).status, 403);
    const shown = await ask({ port: policyPort, host: "policy", path: "/policy" });
    assert.deepEqual(JSON.parse(shown.body.toString()), JSON.parse(text));
    proxy.end();
    const { code, stderr, stdout } = await proxy.ended;
    assert.equal(code, 0);
    assert.equal(stderr, "");
    for (const line of stdout.trim().split("\n"))
      assert.doesNotThrow(() => JSON.parse(line) as unknown, line);
  });

  it("reads a policy in files, as a ConfigMap is mounted", () => {
    const mounted = join(folder, "mounted");
    mkdirSync(join(mounted, "..data"), { recursive: true });
    for (const [name, content] of Object.entries(policyFiles(unmeshed)))
      writeFileSync(join(mounted, name), content);
    const hash = policyHash(policyText(unmeshed));
    assert.deepEqual(loadPolicy(mounted, hash), unmeshed);
    writeFileSync(
      join(mounted, "upstream.other-com.json"),
      JSON.stringify({ "other.com": upstream("other-com") }),
    );
    assert.throws(() => loadPolicy(mounted, hash), /has the SHA-256 [0-9a-f]{64}, but this pod is to obey/);
    writeFileSync(join(mounted, "upstream.other-com.json"), "{");
    assert.throws(() => loadPolicy(mounted, hash), /can't read the policy .*mounted: .*JSON/);
  });

  it("refuses a policy with another hash: exit 1, the reason last on stderr", async () => {
    const { code, stderr } = await start(
      "--policy",
      policy,
      "--policy-sha256",
      "0".repeat(64),
      "--mesh",
      "none",
    ).ended;
    assert.equal(code, 1);
    assert.match(
      stderr.trim().split("\n").at(-1)!,
      /has the SHA-256 [0-9a-f]{64}, but this pod is to obey 0{64}/,
    );
  });

  it("refuses a policy with mistakes: exit 1, each with its path", async () => {
    const file = join(folder, "wrong.json");
    const wrong = JSON.stringify({ ...policyOf({}), domain: 1, version: 2 });
    writeFileSync(file, wrong);
    const { code, stderr } = await start(
      "--policy",
      file,
      "--policy-sha256",
      policyHash(wrong),
      "--mesh",
      "none",
    ).ended;
    assert.equal(code, 1);
    assert.match(stderr, /version must be 1; is 2\ndomain must be a domain/);
  });

  it("refuses a policy that is not for its mesh: exit 1", async () => {
    const file = join(folder, "meshed.json");
    const meshed = JSON.stringify({ ...unmeshed, mesh });
    writeFileSync(file, meshed);
    const { code, stderr } = await start(
      ...["--policy", file, "--policy-sha256", policyHash(meshed), "--mesh", "none"],
    ).ended;
    assert.equal(code, 1);
    assert.match(stderr, /--mesh must be required or optional, because the policy says .*; is "none"/);
    const other = await start("--policy", policy, "--policy-sha256", policyHash(text), "--mesh", "required")
      .ended;
    assert.equal(other.code, 1);
    assert.match(other.stderr, /--mesh must be none, because the policy does not say .*; is "required"/);
  });

  it("a wrong command line: exit 1 with the usage", async () => {
    const { code, stderr } = await start("--policy", policy, "--verbose").ended;
    assert.equal(code, 1);
    assert.match(stderr, /Unknown option '--verbose'/);
    assert.match(stderr, /usage: proxy\.js --policy <file\|folder>/);
  });
});

describe("command line", () => {
  const right = ["--policy", "p", "--policy-sha256", "a".repeat(64), "--mesh", "required"];

  it("has defaults for what can be left out", () => {
    assert.deepEqual(parseCommandLine(right), {
      policy: "p",
      policySha256: "a".repeat(64),
      mesh: "required",
      sidecarPort: 4191,
      port: 8080,
      adminPort: 9090,
      drain: 60_000,
      logLevel: "info",
      logPercent: 100,
      policyPort: 9091,
      credentials: undefined,
      ownService: undefined,
    });
  });

  const wrong: [string[], RegExp][] = [
    [[], /--policy is missing/],
    [right.slice(0, 4), /--mesh is missing/],
    [[...right.slice(0, 5), "yes"], /--mesh must be one of required, optional, none; is "yes"/],
    [[...right, "--port", "0"], /--port must be a TCP port/],
    [[...right, "--port", "65536"], /--port must be a TCP port/],
    [[...right, "--log-percent", "101"], /--log-percent must be a whole number from 0 to 100/],
    [[...right, "--drain", "60"], /--drain must be a duration such as "60s"; is "60"/],
    [[...right, "--log-level", "loud"], /--log-level must be one of debug, info, warn, error/],
    [[...right, "more"], /Unexpected argument 'more'/],
    [
      ["--policy", "p", "--policy-sha256", "abc", "--mesh", "none"],
      /--policy-sha256 must be 64 hexadecimal digits/,
    ],
  ];
  for (const [args, message] of wrong) {
    it(`${args.join(" ").slice(-30)} is refused`, () => assert.throws(() => parseCommandLine(args), message));
  }
});

describe("sidecar", () => {
  const log = pino({ enabled: false });
  const patience = { required: 300, optional: 100, interval: 20 };

  /** A pretended sidecar; answers with the status that is current. */
  async function sidecar(): Promise<{ url: string; status: number; close: () => void }> {
    const state = { url: "", status: 503, close: () => void server.close() };
    const server = http.createServer((_req, res) => res.writeHead(state.status).end());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ready`;
    return state;
  }

  it("required: waits for one that starts, however long", async () => {
    const state = await sidecar();
    const began = performance.now();
    setTimeout(() => (state.status = 200), 600);
    await awaitSidecar("required", log, state.url, patience);
    assert.ok(performance.now() - began >= 590);
    state.close();
  });

  it("required: gives up where nothing listens, and says what to check", async () => {
    const url = `http://127.0.0.1:${await freePort()}/ready`;
    await assert.rejects(awaitSidecar("required", log, url, patience), (error: Error) => {
      assert.ok(error instanceof SidecarMissingError);
      assert.match(error.message, /linkerd\.io\/inject: enabled/);
      assert.match(error.message, /failurePolicy Ignore/);
      return true;
    });
  });

  it("optional: goes on without one, and says what that means", async () => {
    const lines: string[] = [];
    const warned = pino({ level: "warn" }, { write: (line: string) => void lines.push(line) });
    const began = performance.now();
    await awaitSidecar("optional", warned, `http://127.0.0.1:${await freePort()}/ready`, patience);
    assert.ok(performance.now() - began >= 90);
    assert.match(lines.join(), /upstreams whose rules name clients refuse everyone/);
  });

  it("optional: waits for one that starts, because nobody gets past it", async () => {
    const state = await sidecar();
    const began = performance.now();
    setTimeout(() => (state.status = 200), 400);
    await awaitSidecar("optional", log, state.url, patience);
    assert.ok(performance.now() - began >= 390);
    state.close();
  });

  it("none: does not look", async () => {
    await awaitSidecar("none", log, "http://127.0.0.1:1/ready", patience);
  });

  it("what is logged in the last turn is written too", async () => {
    const program = `
      const log = require("./proxy-image/src/proxy/log.ts").createLog("info");
      log.info("first");
      log.warn("last");
      process.exit(0);`;
    const child = spawn(process.execPath, ["--import=tsx", "-e", program]);
    let stdout = "";
    child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
    await once(child, "close");
    const lines = stdout.trim().split("\n");
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
      ["first", "last"],
    );
  });
});
