import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { kubernetesVersion } from "./kubernetes-version";

it("is the one that the variable names, with the modules of that release", () => {
  assert.equal(kubernetesVersion("").version, kubernetesVersion("1.36").version);
  for (const minor of ["1.33", "1.34", "1.35", "1.36"]) {
    const { version, modfile = join(__dirname, "kube/go.mod") } = kubernetesVersion(minor);
    const text = readFileSync(modfile, "utf8");
    assert.ok(text.includes(`k8s.io/kubernetes v${version}\n`), `${modfile} has no ${version}`);
    assert.ok(text.includes(`k8s.io/api => k8s.io/api v0${version.slice(1)}\n`), modfile);
  }
});

it("says which there are", () => {
  assert.throws(
    () => kubernetesVersion("1.20"),
    /K8S_EGRESS_KUBERNETES: there is no Kubernetes "1\.20" here, but 1\.33, 1\.34, 1\.35, 1\.36/,
  );
});
