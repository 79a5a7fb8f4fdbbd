import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EgressProxy } from "../../index";
import { runProgram } from "../harness/monitor";
import { ARGUMENTS, NAME } from "../upgrade/arguments";
import { type RecordedChild, releases } from "../upgrade/recorded";

interface Inputs {
  metadata: { name?: string; namespace?: string };
  spec?: { selector?: unknown; clusterIP?: string };
  roleRef?: unknown;
}

/** What Kubernetes does not let an update change: the provider would delete the object and create it anew. */
function immutable({ type, inputs }: RecordedChild): unknown {
  const { metadata, spec, roleRef } = inputs as unknown as Inputs;
  // Their names are their contents'.
  const isHashed = type === "kubernetes:core/v1:ConfigMap" && (inputs as { immutable?: boolean }).immutable;
  return {
    namespace: metadata.namespace,
    ...(isHashed ? {} : { name: metadata.name }),
    ...(type.endsWith(":Deployment") && { selector: spec?.selector }),
    ...(type.endsWith(":Service") && { clusterIP: spec?.clusterIP }),
    ...(roleRef !== undefined && { roleRef }),
  };
}

describe("this version, after an earlier one", () => {
  for (const { version, children } of releases()) {
    it(`updates each object of ${version} in place`, async () => {
      const { resources } = await runProgram(() => {
        new EgressProxy(NAME, ARGUMENTS);
      });
      for (const child of children) {
        const now = resources.find(({ type, name }) => type === child.type && name === child.name);
        assert.ok(now, `${child.type} ${child.name} is gone`);
        assert.deepEqual(immutable(now), immutable(child), `${child.type} ${child.name}`);
      }
    });
  }
});
