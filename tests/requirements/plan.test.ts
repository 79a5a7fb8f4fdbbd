import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { planFor } from "./plan";

const missing = [
  { program: "etcd", package: "etcd-server", why: "keeps the cluster's objects" },
  { program: "dockerd", package: "docker.io", why: "builds images" },
  { program: "docker", package: "docker.io", why: "builds images" },
];
const debian = { platform: "linux", isRoot: true, hasApt: true } as const;

describe("programs that are missing", () => {
  it("none: the command goes on", () => {
    assert.deepEqual(planFor("npm run demo", [], debian), { kind: "ready" });
  });

  it("as root on Debian they are installed, each package once, saying what and why", () => {
    const plan = planFor("npm run demo", missing, debian);
    assert.ok(plan.kind === "install");
    assert.deepEqual(plan.packages, ["etcd-server", "docker.io"]);
    assert.match(plan.text, /^npm run demo needs .*\n {2}etcd: keeps the cluster's objects\n/);
  });

  it("without root the exact command is named", () => {
    const plan = planFor("npm run bench", missing, { ...debian, isRoot: false });
    assert.ok(plan.kind === "tell");
    assert.match(
      plan.text,
      /sudo apt-get update && sudo apt-get install --no-install-recommends etcd-server docker\.io$/,
    );
  });

  it("elsewhere the packages are named, and that Linux is needed", () => {
    const other = planFor("npm run bench", missing, { ...debian, hasApt: false });
    assert.ok(other.kind === "tell");
    assert.match(other.text, /package manager.*etcd-server docker\.io/);
    const mac = planFor("npm run bench", missing, { platform: "darwin", isRoot: false, hasApt: false });
    assert.ok(mac.kind === "tell");
    assert.match(mac.text, /Debian or Ubuntu/);
  });
});
