import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { it } from "node:test";
import { parseOptions } from "./options";
import { Stage } from "./stage/stage";
import { checkOut } from "./stage/revision";

it("options that make no sense are refused with a sentence", () => {
  for (const [args, message] of [
    [["--rounds", "0"], /--rounds must be a whole number from 1 to 999/],
    [["--seconds", "1.5"], /--seconds must be a whole number/],
    [["--trace", "--against", "HEAD"], /--trace records one proxy: leave out --against/],
    [["--fast"], /Unknown option '--fast'/],
  ] as const)
    assert.throws(() => parseOptions([...args]), { message });
});

it("another commit is taken out of git, and one that is not there is named", (t) => {
  const stage = new Stage();
  t.after(() => stage.clear());
  assert.throws(() => checkOut(stage, "no-such-commit"), /--against: git knows no commit "no-such-commit"/);
  assert.throws(() => checkOut(stage, "--output=/tmp/x"), /git knows no commit/);
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: __dirname, encoding: "utf8" }).trim();
  assert.ok(existsSync(`${checkOut(stage, commit)}/servers/egress.ts`));
});
