import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, it } from "node:test";
import { sharedCluster } from "../cluster/shared";

const root = resolve(__dirname, "../..");

interface Image {
  Id: string;
  RootFS: { Layers: string[] };
  Config: { User: string; Entrypoint: string[]; Cmd: string[] };
}

describe("the image", () => {
  const cluster = sharedCluster();

  const docker = (...args: string[]): string =>
    execFileSync(existsSync("/usr/bin/docker") ? "/usr/bin/docker" : "docker", args, {
      cwd: root,
      env: { ...process.env, DOCKER_HOST: cluster().dockerHost, DOCKER_BUILDKIT: "1" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });

  const build = (tag: string): Image => {
    const args = [
      "--no-cache",
      "--network=none",
      "--build-arg",
      `BASE_IMAGE=${cluster().images.node}`,
      "-t",
      tag,
    ];
    docker("build", "--quiet", ...args, "-f", "proxy-image/Dockerfile", "proxy-image");
    const [image] = JSON.parse(docker("image", "inspect", tag)) as [Image];
    return image;
  };

  it("has the same layers when it is built twice, without network and without a cache", () => {
    const [first, second] = [build("first"), build("second")];
    // Not the digest: engines before 23.0, such as Debian 12's, put the time of the build into the configuration.
    assert.deepEqual(first.RootFS.Layers, second.RootFS.Layers);
    assert.equal(first.Config.User, "65532:65532");
    assert.deepEqual(first.Config.Entrypoint, ["node", "--max-semi-space-size=8", "--no-parallel-scavenge"]);
  });

  it("says what is missing when it is started by hand", () => {
    assert.throws(
      () => docker("run", "--rm", "--network=none", "--read-only", "first"),
      (error: Error & { stderr: string }) => error.stderr.includes("--policy is missing"),
    );
  });
});
