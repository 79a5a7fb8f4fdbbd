import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, describe, it } from "node:test";
import { withoutPulumi } from "./pulumi";

const root = resolve(__dirname, "../..");

interface Schema {
  resources: Record<string, { inputProperties: object; requiredInputs: string[]; properties: object }>;
  types: Record<string, { description: string; properties?: object }>;
}

describe("the schema that the Pulumi CLI gets from the package", { timeout: 170_000 }, () => {
  const temporary = mkdtempSync(join(tmpdir(), "k8s-egress-schema-"));
  after(() => rmSync(temporary, { recursive: true }));

  /** From a copy and from elsewhere: Pulumi installs and builds what it is given, and refuses a folder with Pulumi.yaml and PulumiPlugin.yaml from inside. */
  const read = () => {
    const copy = join(temporary, "k8s-egress");
    const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
    });
    for (const file of files.toString().split("\0").filter(Boolean))
      cpSync(join(root, file), join(copy, file));
    return JSON.parse(
      execFileSync("pulumi", ["package", "get-schema", copy], { cwd: temporary, encoding: "utf8" }),
    ) as Schema;
  };

  it("is schema.json", { skip: withoutPulumi }, () => {
    const committed = JSON.parse(readFileSync(join(root, "schema.json"), "utf8")) as Schema;
    assert.deepEqual(outline(read()), outline(committed));
  });
});

/** What users see; the CLI writes the rest in its own way. */
function outline({ resources, types }: Schema): object {
  const keys = (object: object = {}) => Object.keys(object).sort();
  return {
    resources: Object.entries(resources)
      .map(([token, { inputProperties, requiredInputs, properties }]) => [
        token,
        keys(inputProperties),
        requiredInputs,
        keys(properties),
      ])
      .sort(),
    types: Object.entries(types)
      .map(([token, { description, properties }]) => [token, description, keys(properties)])
      .sort(),
  };
}
