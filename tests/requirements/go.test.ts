import assert from "node:assert/strict";
import { it } from "node:test";
import { goState, planForGo } from "./go";

it("Go is taken, installed, or named with what to do", () => {
  const none = { version: undefined, packaged: undefined, toolchain: undefined };
  assert.deepEqual(planForGo({ ...none, version: "1.26" }), {});
  assert.deepEqual(planForGo({ ...none, version: "1.22", toolchain: "auto" }), {});
  assert.match(planForGo({ ...none, version: "1.22", toolchain: "local" }).problem!, /GOTOOLCHAIN forbids/);
  assert.match(planForGo({ ...none, version: "1.19" }).problem!, /1\.19, too old: install Go 1\.26 or newer/);
  assert.equal(planForGo({ ...none, packaged: "1.24" }).requirement!.package, "golang-go");
  assert.match(
    planForGo({ ...none, packaged: "1.19" }).problem!,
    /this system's golang-go is 1\.19: install/,
  );
  assert.match(planForGo(none).problem!, /^go is not on PATH: install/);
});

it("this machine's Go is read", () => {
  const { version } = goState();
  assert.ok(version === undefined || /^\d+\.\d+$/.test(version), version);
});
