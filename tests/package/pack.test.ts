import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, describe, it } from "node:test";

const root = resolve(__dirname, "../..");
const temporary = mkdtempSync(join(tmpdir(), "k8s-egress-pack-"));
after(() => rmSync(temporary, { recursive: true }));

const [packed] = JSON.parse(
  execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", temporary], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }),
) as [{ filename: string; files: { path: string }[] }];
const paths = packed.files.map(({ path }) => path);

/** A program in a project of its own, with the packed package installed. */
function project(): string {
  const folder = join(temporary, "project");
  const installed = join(folder, "node_modules", "k8s-egress");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["xzf", join(temporary, packed.filename), "-C", installed, "--strip-components=1"]);
  for (const dependency of ["@pulumi", "tldts", "psl"]) {
    symlinkSync(join(root, "node_modules", dependency), join(folder, "node_modules", dependency));
  }
  return folder;
}

describe("the published package", () => {
  it("has what it needs, and no sources of the image or tests", () => {
    for (const needed of [
      "dist/index.js",
      "dist/index.d.ts",
      "proxy-image/Dockerfile",
      "proxy-image/.dockerignore",
      "proxy-image/dist/app.tar",
      "proxy-image/bin/k8s-egress.js",
      "proxy-image/dist/cli.js",
      "PulumiPlugin.yaml",
      "LICENSE",
      "README.md",
      "CHANGELOG.md",
      "docs/platforms/README.md",
    ]) {
      assert.ok(paths.includes(needed), `${needed} in ${paths.join(", ")}`);
    }
    assert.deepEqual(
      paths.filter((path) => /^(tests|component|examples|proxy-image\/src|\.ci)\//.test(path)),
      [],
    );
  });

  it("works where it is installed, and finds its image's context there", () => {
    const folder = project();
    writeFileSync(
      join(folder, "program.js"),
      `
      const pulumi = require("@pulumi/pulumi");
      pulumi.runtime.setMocks({
        call: ({ inputs }) => inputs,
        newResource: ({ type, name, inputs }) => {
          if (type === "docker:index/image:Image") console.log(JSON.stringify(inputs.build));
          return { id: name, state: { ...inputs, repoDigest: "r@sha256:" + "0".repeat(64) } };
        },
      }).then(() => {
        const { EgressProxy, egressUrl, DnsMode } = require("k8s-egress");
        new EgressProxy("egress", {
          upstreams: [{ host: "api.stripe.com" }, { host: "*.ingest.sentry.io" }],
          build: { repository: "registry.example.com/egress" },
          dns: { mode: DnsMode.Manual },
        });
        console.log(egressUrl("api.stripe.com"));
      });
      `,
    );
    const printed = execFileSync(process.execPath, ["program.js"], { cwd: folder, encoding: "utf8" });
    assert.match(printed, /^http:\/\/api\.stripe\.com\.egress\.local$/m);
    assert.match(printed, /"context":"node_modules\/k8s-egress\/proxy-image"/);
    assert.match(printed, /"dockerfile":"node_modules\/k8s-egress\/proxy-image\/Dockerfile"/);
  });

  it("carries a command that runs as it is installed", () => {
    const command = join(temporary, "project", "node_modules", "k8s-egress", "proxy-image/bin/k8s-egress.js");
    assert.match(execFileSync(process.execPath, [command, "--help"], { encoding: "utf8" }), /dns remove/);
  });

  it("carries a command that says which Node it needs", () => {
    const launcher = createRequire(join(root, "package.json"))("./proxy-image/bin/k8s-egress.js") as {
      NEEDED: number[];
      isNewEnough(version: string): boolean;
    };
    const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      engines: { node: string };
    };
    assert.equal(engines.node, `>=${launcher.NEEDED.join(".")}`);
    for (const version of ["22.15.0", "22.16.1", "24.0.0", "26.1.0"])
      assert.ok(launcher.isNewEnough(version), version);
    for (const version of ["0.12.0", "14.21.3", "20.20.2", "22.14.9"])
      assert.ok(!launcher.isNewEnough(version), version);
  });
});
