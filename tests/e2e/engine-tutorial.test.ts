import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { sharedCluster } from "../cluster/shared";
import { root } from "../docs/support/blocks";
import { type Engine, findEngine } from "../engine/engine";
import { buildAndPush } from "../harness/image";
import { findProgram } from "../requirements/machine";
import { missingFrom, type Replacement, tutorialOf } from "../docs/support/tutorial";

const LANGUAGES = ["TypeScript", "Python"];
const VERSION = "0.1.0";

/**
 * docs/first-five-minutes.md, as it is written, on the real engine with Pulumi's language hosts.
 *
 * What stands in for the Internet: the package as the release packs it, from a file instead of the registries; the
 * cluster's own images of the proxy, CoreDNS and Node; and the simulated api.github.com, with an authority and an
 * address of its own.
 */
describe("the first five minutes", { timeout: 900_000 }, () => {
  const cluster = sharedCluster();
  const work = mkdtempSync(join(tmpdir(), "k8s-egress-tutorial-"));
  let engine: Engine;
  let tarball: string;
  let plugin: string;

  before(async () => {
    engine = await findEngine(join(work, "home"));
    const source = join(root, "proxy-image");
    const { repoDigest } = buildAndPush(
      {
        imageName: `${cluster().registry}/k8s-egress/egress-proxy:tutorial`,
        build: {
          context: source,
          dockerfile: join(source, "Dockerfile"),
          platform: `linux/${process.arch === "x64" ? "amd64" : process.arch}`,
          args: { BASE_IMAGE: cluster().images.node, SOURCE_DATE_EPOCH: "0" },
        },
      },
      cluster().dockerHost,
    );
    const packed = [join(root, ".ci/pack.mjs"), work, repoDigest];
    tarball = execFileSync(process.execPath, packed, { encoding: "utf8" }).trim();
    execFileSync("tar", ["-xzf", tarball, "-C", work]);
    plugin = join(work, "plugin.tar.gz");
    execFileSync("tar", ["-czf", plugin, "-C", join(work, "package"), "."]);
    writeFileSync(join(work, "ca.pem"), cluster().thirdPartyCa);
  });
  after(() => rmSync(work, { recursive: true }));

  const follow = (language: string, replacements: Replacement[]) => {
    const { script, expected } = tutorialOf(language, LANGUAGES, [
      ["pulumi login --local", `pulumi login file://${join(work, language, "state")}`],
      ["node:24-slim", cluster().images.node],
      ...replacements,
    ]);
    const folder = join(work, language);
    mkdirSync(join(folder, "state"), { recursive: true });
    const path = [
      dirname(engine.command.command),
      dirname(cluster().kubectl),
      engine.environment.PATH ?? process.env.PATH,
    ];
    const { status, stdout, stderr } = spawnSync(
      "bash",
      ["-c", `trap '[ $? = 0 ] || pulumi destroy --yes' EXIT\n${script}`],
      {
        cwd: folder,
        encoding: "utf8",
        env: {
          ...process.env,
          ...engine.environment,
          PATH: path.join(delimiter),
          KUBECONFIG: cluster().kubeconfig,
          COREDNS: cluster().images.coredns,
          CA: join(work, "ca.pem"),
        },
      },
    );
    assert.equal(status, 0, `${stdout}\n${stderr}`);
    assert.deepEqual(missingFrom(stdout, expected), []);
    assert.ok(expected.length >= 4);
  };

  const without = (...programs: string[]): string | false => {
    const missing = programs.filter((program) => !findProgram(program));
    return missing.length > 0 && `${missing.join(" and ")} not on PATH`;
  };

  it("in TypeScript", { skip: without("pulumi-language-nodejs") }, () => {
    follow("TypeScript", [
      ["npm install k8s-egress ", `npm install ${tarball} `],
      [
        `{ host: "api.github.com"`,
        `{ host: "api.github.com", tls: { caCertificates: require("node:fs").readFileSync(process.env.CA!, "utf8") }, allowedCidrs: ["198.51.100.0/24"]`,
      ],
      [`mesh: { mode: "none" },`, `mesh: { mode: "none" }, dns: { image: process.env.COREDNS },`],
    ]);
  });

  it("in Python", { skip: without("pulumi-language-nodejs", "pulumi-language-python") }, () => {
    follow("Python", [
      [
        `pulumi package add k8s-egress@${VERSION} --server github://api.github.com/k8s-egress/k8s-egress`,
        `pulumi plugin install resource k8s-egress ${VERSION} --file ${plugin}\npulumi package add k8s-egress@${VERSION}`,
      ],
      [
        `{"host": "api.github.com"`,
        `{"host": "api.github.com", "tls": {"ca_certificates": open(__import__("os").environ["CA"]).read()}, "allowed_cidrs": ["198.51.100.0/24"]`,
      ],
      [
        `mesh={"mode": "none"},`,
        `mesh={"mode": "none"}, dns={"image": __import__("os").environ["COREDNS"]},`,
      ],
    ]);
  });
});
