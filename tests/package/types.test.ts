import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { project, root } from "./support/packed";

/** The tsconfig.json that `pulumi new typescript` writes: neither `skipLibCheck` nor a newer `lib`. */
const TEMPLATE = {
  strict: true,
  outDir: "bin",
  target: "es2020",
  module: "commonjs",
  moduleResolution: "node",
  sourceMap: true,
  experimentalDecorators: true,
  noFallthroughCasesInSwitch: true,
  noImplicitReturns: true,
  forceConsistentCasingInFileNames: true,
};
/** TypeScript 7 has no `moduleResolution: node` any more; and an ES module needs this one. */
const NODE = { ...TEMPLATE, module: "nodenext", moduleResolution: "nodenext" };

const WRONG = `
// @ts-expect-error: not any, which would accept everything
export const wrong: Parameters<typeof EgressProxy.prototype.urlFor> = [1];
// @ts-expect-error: a misspelt argument
new EgressProxy("wrong", { upstreams: [{ hots: "api.stripe.com" }] });
`;

describe("a program compiled against the packed package", () => {
  let folder: string;
  before(() => {
    folder = project("types", "@types/node", "@types/google-protobuf", "@types/semver", "undici-types");
    const example = readFileSync(join(root, "examples/whole/typescript/index.ts"), "utf8");
    for (const file of ["index.ts", "index.mts"]) writeFileSync(join(folder, file), `${example}${WRONG}`);
  });

  /** @returns the files that the compiler has read */
  const compile = (compiler: string, compilerOptions: object, ...files: string[]): string[] => {
    const config = join(folder, `${compiler}-${files.join("-")}.json`);
    writeFileSync(config, JSON.stringify({ compilerOptions, files }));
    const tsc = join(root, "node_modules", compiler, "bin/tsc");
    const args = [tsc, "--noEmit", "--listFiles", "-p", config];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    assert.equal(status, 0, stdout.replace(/^\/.*\n/gm, ""));
    return stdout.split("\n");
  };

  it("TypeScript 5.4, CommonJS: sees the arguments, the components, egressUrl and evaluate, and no internal type", () => {
    const seen = compile("typescript-5.4", TEMPLATE, "index.ts")
      .map((line) => /k8s-egress\/dist\/(.*)\.d\.ts$/.exec(line)?.[1])
      .filter((file) => file !== undefined && !file.startsWith("component/args/"));
    assert.deepEqual(seen.sort(), [
      "component/egress-proxy",
      "component/egress-url",
      "component/evaluate",
      "component/index",
      "component/lockdown/egress-lockdown",
      "index",
      "proxy-image/src/contract/policy/policy",
      "proxy-image/src/contract/policy/verdict",
    ]);
  });

  it("TypeScript 5.4, ES module", () => void compile("typescript-5.4", NODE, "index.mts"));

  it("TypeScript 7, both", () => void compile("typescript-7", NODE, "index.ts", "index.mts"));
});
