import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, it } from "node:test";
import { ALERTS } from "../../component/monitoring/rules";
import { outdatedFiles } from "../../monitoring/source/files";
import { SCENARIOS } from "./scenarios";

const runbooks = resolve(__dirname, "../../docs/runbooks");
const names = ALERTS.map(({ alert }) => alert).sort();

describe("the files of monitoring/", () => {
  it("are what the sources give; `npm run monitoring` writes them", () => {
    assert.deepEqual(outdatedFiles(), []);
  });
});

describe("alerts", () => {
  it("have a page each, and no page is without its alert", () => {
    assert.deepEqual(
      readdirSync(runbooks).sort(),
      names.map((name) => `${name}.md`),
    );
    for (const { alert, annotations } of ALERTS) {
      const text = readFileSync(resolve(runbooks, `${alert}.md`), "utf8");
      assert.ok(text.startsWith(`# ${alert}\n`), alert);
      for (const part of ["## Meaning", "## Impact", "## Diagnosis", "## Mitigation"]) {
        assert.ok(text.includes(`\n${part}\n`), `${alert}: ${part}`);
      }
      assert.ok(annotations.runbook_url.endsWith(`/docs/runbooks/${alert}.md`));
    }
  });

  it("have a scenario each, for promtool", () => assert.deepEqual(Object.keys(SCENARIOS).sort(), names));
});
