import assert from "node:assert/strict";
import { it } from "node:test";
import { count, progressLine } from "./compile";

it("the progress of a compilation is what go says, and nothing else counts", () => {
  const lines = [
    "go: downloading k8s.io/api v0.36.3",
    "internal/cpu",
    "k8s.io/api/core/v1",
    "# k8s.io/api/core/v1",
    "./main.go:3:2: undefined: x",
    "",
  ];
  const done = lines.reduce(count, { modules: 0, packages: 0 });
  assert.deepEqual(done, { modules: 1, packages: 2 });
  assert.equal(progressLine("kube", done, 1893, 80.4), "  kube: 2 of at most 1893 packages compiled, 1:20");
  assert.equal(progressLine("kube", { modules: 7, packages: 0 }, 0, 9), "  kube: 7 modules downloaded, 0:09");
});
