import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";

const root = resolve(__dirname, "../..");

interface Notes {
  changelogSection: (changelog: string, version: string) => string;
  schemaChanges: (before: object, after: object) => { added: string[]; removed: string[] };
}
const notes = import(join(root, ".ci/release-notes.mjs")) as Promise<Notes>;

describe("the notes of a release", () => {
  it("are the version's section of the changelog", async () => {
    const { changelogSection } = await notes;
    const changelog =
      "# Changelog\n\n## Unreleased\n\n- a\n\n## 1.2.0 (2027-01-31)\n\n- b\n\n### Names\n\n- c\n\n## 1.1.0\n\n- d\n";
    assert.equal(changelogSection(changelog, "1.2.0"), "- b\n\n### Names\n\n- c");
    assert.throws(() => changelogSection(changelog, "1.3.0"), /no section "## 1\.3\.0"/);
  });

  it("name what changed in the schema", async () => {
    const { schemaChanges } = await notes;
    const schema = (inputs: object, values: string[]) => ({
      resources: { "k8s-egress:index:EgressProxy": { inputProperties: inputs, properties: { urls: {} } } },
      types: { "k8s-egress:index:DnsMode": { enum: values.map((name) => ({ name })) } },
    });
    assert.deepEqual(
      schemaChanges(schema({ a: {}, b: {} }, ["Manual"]), schema({ b: {}, c: {} }, ["Manual", "None"])),
      {
        added: ["DnsMode.None", "EgressProxy.c"],
        removed: ["EgressProxy.a"],
      },
    );
  });

  it("are refused for a tag that is not this version", () => {
    const args = [join(root, ".ci/release-notes.mjs"), "v99.0.0"];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /^tag v99\.0\.0, but package\.json has version /);
  });
});

describe("the image of a release", () => {
  it("has the base image that the component names", () => {
    const image = execFileSync(join(root, ".ci/base-image"), { encoding: "utf8" });
    assert.match(image, /^docker\.io\/library\/node:\S+@sha256:[0-9a-f]{64}\n$/);
  });
});

interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, { permissions?: Record<string, string>; steps: { uses?: string; with?: object }[] }>;
}

describe("workflows", () => {
  const folder = join(root, ".github/workflows");
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), "utf8");
    const workflow = parse(text) as Workflow;

    it(`${file}: every action is pinned by digest, with its version`, () => {
      const uses = text.split("\n").filter((line) => /\buses:/.test(line));
      assert.ok(uses.length > 0);
      for (const line of uses) assert.match(line, /uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    });

    it(`${file}: may only read, unless a job says more`, () => {
      assert.deepEqual(workflow.permissions, { contents: "read" });
    });

    it(`${file}: leaves no credential in the checkout`, () => {
      const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
      for (const step of steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"))) {
        assert.equal((step.with as { "persist-credentials"?: boolean })["persist-credentials"], false);
      }
    });
  }
});
