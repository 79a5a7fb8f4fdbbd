import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { before, describe, it } from "node:test";
import { type AnalyzeResult, Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";

const root = resolve(__dirname, "../..");
const COMPONENTS = ["EgressLockdown", "EgressProxy"];

/** What the CLI's `package get-schema` runs; tests/engine asks the CLI itself. */
describe("the schema that Pulumi infers", () => {
  let schema: AnalyzeResult;

  before(() => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown>;
    schema = new Analyzer(root, "k8s-egress", manifest, new Set(COMPONENTS)).analyze();
  });

  it("has both components", () => assert.deepEqual(Object.keys(schema.components).sort(), COMPONENTS));

  it("documents every argument, member and value", () => {
    for (const [component, { inputs }] of Object.entries(schema.components)) {
      for (const [name, { description }] of Object.entries(inputs))
        assert.ok(description, `${component}.${name}`);
    }
    for (const name of ["ClusterDns", "Destination", "LockdownMesh", "Monitoring", "NetworkPolicies"]) {
      const members = Object.entries(schema.typeDefinitions[name]?.properties ?? {});
      assert.ok(members.length > 0, name);
      for (const [member, { description }] of members) assert.ok(description, `${name}.${member}`);
    }
  });

  it("has EgressLockdown's arguments as they are meant", () => {
    const { inputs, outputs } = schema.components.EgressLockdown!;
    const required = Object.entries(inputs).filter(([, { optional }]) => !optional);
    assert.deepEqual(
      required.map(([name]) => name),
      ["namespaces"],
    );
    const plain = Object.entries(inputs).filter(([, input]) => input.plain);
    assert.deepEqual(plain.map(([name]) => name).sort(), [
      "admissionPolicy",
      "destinations",
      "dnsAddresses",
      "mesh",
      "mode",
      "namespaces",
      "proxyNamespace",
    ]);
    assert.deepEqual(Object.keys(outputs), ["namespaces"]);
    assert.deepEqual(schema.typeDefinitions.LockdownMode?.enum?.map(({ value }) => value).sort(), [
      "audit",
      "enforce",
    ]);
  });
});
