import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { after, describe, it } from "node:test";

const root = resolve(__dirname, "../..");
const PROXY = "proxy-image/src/proxy";

/** Imports that the linter must refuse, and the rule that does. */
const forbidden: [from: string, to: string, rule: string][] = [
  [`${PROXY}/message/a.ts`, `${PROXY}/http1/b.ts`, "layer-message"],
  [`${PROXY}/message/a.ts`, "proxy-image/src/contract/policy/b.ts", "message-knows-nothing"],
  [`${PROXY}/http1/a.ts`, `${PROXY}/errors/b.ts`, "http1-knows-messages"],
  [`${PROXY}/upstream/a.ts`, `${PROXY}/exchange/b.ts`, "layer-upstream"],
  [`${PROXY}/exchange/a.ts`, `${PROXY}/forward/b.ts`, "layer-exchange"],
  [`${PROXY}/observe/a.ts`, `${PROXY}/limit/b.ts`, "layer-observe"],
  [`${PROXY}/admit/a.ts`, `${PROXY}/forward/b.ts`, "stage-admit"],
  [`${PROXY}/forward/a.ts`, `${PROXY}/http1/b.ts`, "stages-see-messages"],
  [`${PROXY}/elsewhere/a.ts`, `${PROXY}/message/b.ts`, "known-folder"],
  ["component/a.ts", `${PROXY}/message/b.ts`, "component-imports-contract"],
  ["proxy-image/src/contract/a.ts", "component/b.ts", "contract-imports-nothing"],
  [`${PROXY}/admin/a.ts`, "proxy-image/src/stubdomain/b.ts", "programs-are-apart"],
  ["component/a.ts", "tests/b.ts", "no-tests"],
];

describe("the linter holds the layers", () => {
  const folders: string[] = [];
  after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

  /** @returns what dependency-cruiser says of these files by the project's rules */
  const lint = (files: Record<string, string>): { status: number | null; stdout: string } => {
    const folder = mkdtempSync(join(tmpdir(), "layers-"));
    folders.push(folder);
    for (const [file, text] of Object.entries({ "tsconfig.test.json": "{}", ...files })) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const args = ["--config", join(root, ".dependency-cruiser.mjs"), ...Object.keys(files)];
    const depcruise = join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
    return spawnSync(process.execPath, [depcruise, ...args], { cwd: folder, encoding: "utf8" });
  };
  const importing = (from: string, to: string): string =>
    `import type { B } from "./${relative(dirname(from), to).replace(/\.ts$/, "")}";\nexport type A = B;\n`;

  for (const [from, to, rule] of forbidden) {
    it(`${from} must not import ${to}`, () => {
      const { status, stdout } = lint({ [from]: importing(from, to), [to]: "export type B = 1;\n" });
      assert.notEqual(status, 0, stdout);
      assert.match(stdout, new RegExp(`error ${rule}: `));
    });
  }

  it("a circle of type imports is one", () => {
    const [a, b] = ["component/a.ts", "component/b.ts"];
    const { status, stdout } = lint({
      [a]: importing(a, b),
      [b]: 'import type { A } from "./a";\nexport type B = A | 1;\n',
    });
    assert.notEqual(status, 0, stdout);
    assert.match(stdout, /error no-circle: /);
  });

  it("what goes down is allowed", () => {
    const [a, b] = [`${PROXY}/forward/a.ts`, `${PROXY}/message/b.ts`];
    const { status, stdout } = lint({ [a]: importing(a, b), [b]: "export type B = 1;\n" });
    assert.equal(status, 0, stdout);
  });
});
