import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { whyNoCluster } from "./why-no-cluster";

function demo(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const file = join(__dirname, "demo.ts");
  return spawnSync(process.execPath, ["--import=tsx", file, ...args], { encoding: "utf8" });
}

const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("k8s-egress-demo-"));

describe("npm run demo", () => {
  it("--local goes from the name to the third party's response, and leaves nothing", () => {
    const before = folders();
    const { status, stdout, stderr } = demo("--local");
    assert.equal(status, 0, stderr);
    for (const line of [
      /DNS +api\.example\.test\.egress\.local +→ +127\.0\.0\.1/,
      /→ +200, \d+ bytes in \d+ ms/,
      /there +GET https:\/\/api\.example\.test\/v1\/charges\?limit=3, TLSv1\.3, Via: 1\.1 k8s-egress/,
      /→ +403 \(k8s-egress; .*request-denied/,
      /no such name: it is not among the upstreams/,
      /left out: Kubernetes/,
    ])
      assert.match(stdout, line);
    for (const line of stdout.split("\n")) assert.ok(line.length < 260, line);
    assert.deepEqual(folders(), before);
  });

  it("refuses options that it doesn't have, or that exclude each other", () => {
    for (const [args, message] of [
      [["--fast"], /demo: Unknown option '--fast'/],
      [["--local", "--keep"], /demo: --local leaves nothing to keep: leave out --keep/],
    ] as const) {
      const { status, stderr } = demo(...args);
      assert.equal(status, 1);
      assert.match(stderr, message);
      assert.match(stderr, /usage: npm run demo/);
    }
  });

  it("knows where no cluster can run", () => {
    assert.match(whyNoCluster("darwin")!, /Linux/);
    assert.match(whyNoCluster("linux", false)!, /root/);
  });
});
