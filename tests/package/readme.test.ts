import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";

const root = resolve(__dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

/** The five-line program, and the info string of its code block. */
const PROGRAMS = [
  ["ts", "typescript/index.ts"],
  ["python", "python/__main__.py"],
  ["go", "go/main.go"],
  ["csharp", "csharp/Program.cs"],
  ["java", "java/src/main/java/app/App.java"],
  ["yaml", "yaml/Pulumi.yaml"],
] as const;

describe("programs in the documentation are those of examples/", () => {
  for (const file of ["README.md", "docs/_index.md"]) {
    const text = read(file);
    for (const [info, program] of PROGRAMS) {
      it(`${file}: ${program}`, () => {
        const code = read(`examples/minimal/${program}`);
        assert.ok(text.includes(`\`\`\`${info}\n${code}\`\`\`\n`), `${file} must have this block:\n${code}`);
      });
    }
  }
});

it("the examples use this version", () => {
  const { version } = JSON.parse(read("package.json")) as { version: string };
  for (const kind of ["minimal", "whole"]) {
    for (const language of ["python", "go", "csharp", "java", "yaml"]) {
      const project = read(`examples/${kind}/${language}/Pulumi.yaml`);
      assert.match(project, new RegExp(`k8s-egress@v${version.replaceAll(".", "\\.")}\\n`));
    }
  }
});
