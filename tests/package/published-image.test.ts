import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { pack, projectWith, tarball } from "./support/packed";

const PUBLISHED = `ghcr.io/k8s-egress/egress-proxy@sha256:${"1".repeat(64)}`;
const OTHER = `registry.example.com/egress-proxy@sha256:${"2".repeat(64)}`;

/** A program that prints the image of its EgressProxy. */
const program = (args: string) => `
const pulumi = require("@pulumi/pulumi");
pulumi.runtime.setMocks({
  call: ({ inputs }) => inputs,
  newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
}).then(async () => {
  const { EgressProxy } = require("k8s-egress");
  const upstreams = [{ host: "api.stripe.com" }];
  const egress = new EgressProxy("egress", { upstreams, dns: { mode: "manual" }, ${args} });
  egress.image.apply((image) => console.log("image", image));
}).catch((error) => {
  console.log(error.message);
});
`;

function run(project: string, args = ""): string {
  writeFileSync(join(project, "program.js"), program(args));
  return execFileSync(process.execPath, ["program.js"], { cwd: project, encoding: "utf8", stdio: "pipe" });
}

describe("a program with neither `image` nor `build`", () => {
  it("gets the image that the release published", () => {
    const project = projectWith(pack(PUBLISHED), "published");
    assert.match(run(project), new RegExp(`^image ${PUBLISHED}$`, "m"));
    assert.match(run(project, `image: "${OTHER}"`), new RegExp(`^image ${OTHER}$`, "m"));
  });

  it("is told what to give, by a package that was packed without", () => {
    assert.match(
      run(projectWith(tarball, "unpublished")),
      /neither `build` nor `image` is given, and this copy of the package has no published image/,
    );
  });
});

describe("the release's packing", () => {
  for (const image of [
    "ghcr.io/k8s-egress/egress-proxy:1.0.0",
    "ghcr.io/k8s-egress/egress-proxy@sha256:",
    "",
  ]) {
    it(`refuses ${JSON.stringify(image)} as published image`, () => {
      const packer = join(__dirname, "../../.ci/pack.mjs");
      const { status, stderr } = spawnSync(process.execPath, [packer, "unused", image], { encoding: "utf8" });
      assert.equal(status, 1);
      assert.match(stderr, /is not an image by digest/);
    });
  }
});
