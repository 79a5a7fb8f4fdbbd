import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { it } from "node:test";
import { installedIn, project, tarball } from "./support/packed";

it("publint and Are the types wrong? have nothing to say about the package", () => {
  const args = [join(__dirname, "support/lint.mjs"), installedIn(project("lint")), tarball];
  const problems = execFileSync(process.execPath, args, { encoding: "utf8" });
  assert.deepEqual(JSON.parse(problems), []);
});
