import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { missingFrom, tutorialOf } from "./support/tutorial";

const LANGUAGES = ["TypeScript", "Python"];

describe("the tutorial as a script", () => {
  it("has the steps of one language, and those of both", () => {
    const typescript = tutorialOf("TypeScript", LANGUAGES, []).script;
    assert.match(typescript, /npm install k8s-egress/);
    assert.match(typescript, /cat > 'index\.ts' <<'END-OF-FILE'\nimport \{ EgressProxy \}/);
    assert.doesNotMatch(typescript, /k8s_egress|package add/);
    const python = tutorialOf("Python", LANGUAGES, []).script;
    assert.match(python, /pulumi package add/);
    assert.doesNotMatch(python, /npm|index\.ts/);
    for (const script of [typescript, python]) assert.match(script, /pulumi destroy --yes/);
  });

  it("replaces what it is told to, and fails where that is not there", () => {
    const { script } = tutorialOf("Python", LANGUAGES, [["pulumi login --local", "pulumi login file://a"]]);
    assert.match(script, /pulumi login file:\/\/a\n/);
    assert.throws(
      () => tutorialOf("Python", LANGUAGES, [["npm install", ""]]),
      /has no "npm install" to replace/,
    );
  });

  it("misses an output that came in another step, or not at all", () => {
    const expected = [{ step: 2, line: 7, text: "200\n" }];
    assert.deepEqual(missingFrom("===== step 1\n===== step 2\n200\n===== step 3\n", expected), []);
    for (const output of ["===== step 1\n200\n===== step 2\n403\n", "===== step 1\n", ""]) {
      assert.match(missingFrom(output, expected).join(), /first-five-minutes\.md:7: not printed:\n200/);
    }
  });
});
