import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { before, describe, it } from "node:test";
import { LARGE, type Measured, SMALL } from "./worst-inputs/measured";
import { PARSERS } from "./worst-inputs/parsers";
import { REGEXP_FLAGS, REGEXP_REPORT } from "./worst-inputs/work";

/** Steps for a byte; the most that any parser needs today is 30. */
const MOST_STEPS = 48;
/** Linear is 1; a parser that looks again at all it has seen is at 16. */
const MOST_GROWTH = 1.25;

describe("the work of reading a text grows with its length, whatever is in it", () => {
  let output = "";
  before(() => {
    const script = require.resolve("./worst-inputs/measure.ts");
    const args = [...REGEXP_FLAGS, "--import=tsx", script];
    output = execFileSync(process.execPath, args, { encoding: "utf8", maxBuffer: 64 << 20 });
  });

  for (const { name } of PARSERS) {
    it(name, () => {
      const batches = output
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as Measured)
        .filter(({ parser }) => parser === name);
      assert.ok(batches.length > 0, "not measured");
      for (const { inputs, bytes, small, large } of batches) {
        const said = `${large} steps for ${bytes} bytes, ${small} for a ${LARGE / SMALL}th of them: ${inputs.join(" ")}`;
        assert.ok(large <= MOST_STEPS * bytes, said);
        assert.ok(large <= MOST_GROWTH * (LARGE / SMALL) * small, said);
      }
    });
  }

  it("no regular expression goes back over a text again and again", () => {
    const reports = output.split("\n").filter((line) => line.includes(REGEXP_REPORT));
    assert.deepEqual(reports, []);
  });

  it("one that does is reported", () => {
    const program = `/(?:a|a)*$/.test(${JSON.stringify(`${"a".repeat(500)}b`)})`;
    const printed = execFileSync(process.execPath, [...REGEXP_FLAGS, "-e", program], { encoding: "utf8" });
    assert.match(printed, new RegExp(REGEXP_REPORT));
  });
});
