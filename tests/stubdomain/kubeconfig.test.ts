import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, beforeEach, describe, it } from "node:test";
import { loadConfig } from "../../proxy-image/src/cli/kubeconfig";
import { UsageError } from "../../proxy-image/src/cli/usage-error";

describe("the kubeconfig of k8s-egress", () => {
  const folder = mkdtempSync(join(tmpdir(), "k8s-egress-kubeconfig-"));
  const { KUBECONFIG, HOME } = process.env;
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    delete process.env.KUBECONFIG;
    process.env.HOME = folder;
  });
  afterEach(() => {
    Object.assign(process.env, { HOME });
    if (KUBECONFIG === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = KUBECONFIG;
  });

  const refusal = (kubeconfig?: string): string => {
    try {
      loadConfig({ kubeconfig, context: undefined });
    } catch (error) {
      assert.ok(error instanceof UsageError, String(error));
      return error.message;
    }
    assert.fail("it was read");
  };
  const advice = "give the file that names your cluster, as --kubeconfig FILE or in KUBECONFIG";

  it("that is missing is named with its source", () => {
    const file = join(folder, "missing");
    assert.equal(refusal(file), `--kubeconfig: ${file} does not exist; ${advice}`);
    process.env.KUBECONFIG = file;
    assert.equal(refusal(), `KUBECONFIG: ${file} does not exist; ${advice}`);
  });

  it("that is nowhere is an error, and not a cluster on this machine", () => {
    assert.equal(refusal(), `there is no kubeconfig: neither KUBECONFIG nor ~/.kube/config; ${advice}`);
  });

  it("that can't be read is named with the reason", () => {
    const file = join(folder, "broken");
    writeFileSync(file, "a: [");
    assert.match(refusal(file), /^--kubeconfig: .+broken is not a kubeconfig that can be read: /);
  });
});
