import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { before, describe, it } from "node:test";
import type { PackageSpec, Property } from "@pulumi/pulumi/provider/experimental/schema";
import { checkArguments } from "../../component/validation/arguments";
import { inferSchema } from "../../plugin/schema/infer";

const root = resolve(__dirname, "../..");
const type = (name: string) => `k8s-egress:index:${name}`;

describe("schema.json", () => {
  const committed = readFileSync(join(root, "schema.json"), "utf8");
  const schema = JSON.parse(committed) as PackageSpec;
  const lockdown = schema.resources[type("EgressLockdown")]!;
  const properties: [path: string, property: Property][] = [];

  before(() => {
    for (const [token, { inputProperties }] of Object.entries(schema.resources)) {
      for (const [name, one] of Object.entries(inputProperties!)) properties.push([`${token}.${name}`, one]);
    }
    for (const [token, { properties: members }] of Object.entries(schema.types)) {
      for (const [name, one] of Object.entries(members ?? {})) properties.push([`${token}.${name}`, one]);
    }
  });

  it("is what the argument types say", () => {
    assert.ok(committed === inferSchema(root), "schema.json is out of date: npm run schema");
  });

  it("describes every type, argument, member and value", () => {
    for (const [path, { description }] of properties) assert.ok(description, path);
    for (const [token, { description, enum: values }] of Object.entries(schema.types)) {
      assert.ok(description, token);
      for (const { name, description: text } of values ?? []) assert.ok(text, `${token}.${name}`);
    }
    assert.doesNotMatch(committed, /\[object Object\]/);
  });

  it("has integers, except for shares and for sizes beyond 32 bits", () => {
    const floats = properties.filter(([, property]) => "type" in property && property.type === "number");
    assert.deepEqual(
      floats.map(([path]) => path).sort(),
      [
        "BodyLimits.request",
        "BodyLimits.response",
        "MeshCircuitBreaker.jitterRatio",
        "Tracing.sampleRatio",
      ].map(type),
    );
    const problems = checkArguments("egress", {
      upstreams: [{ host: "api.example.com", mesh: { circuitBreaker: { jitterRatio: 0.25 } } }],
      tracing: { endpoint: "http://otel.observability.svc:4318", sampleRatio: 0.25 },
      image: `registry.example.com/egress@sha256:${"0".repeat(64)}`,
    });
    assert.equal(
      problems.report("EgressProxy"),
      "EgressProxy: 0 arguments are wrong, nothing was created.\n",
    );
  });

  it("has only the arguments that decide what is created as plain values", () => {
    assert.deepEqual(lockdown.requiredInputs, ["namespaces"]);
    const plain = Object.entries(lockdown.inputProperties!).filter(([, { plain }]) => plain);
    assert.deepEqual(plain.map(([name]) => name).sort(), [
      "admissionPolicy",
      "destinations",
      "dnsAddresses",
      "mesh",
      "mode",
      "namespaces",
      "proxyNamespace",
    ]);
    assert.deepEqual(Object.keys(lockdown.properties!), ["namespaces"]);
    assert.equal(schema.resources[type("EgressProxy")]!.inputProperties!.upstreams!.plain, true);
  });

  it("has what Pulumi's Registry shows of a package", () => {
    for (const key of ["displayName", "publisher", "keywords", "repository", "logoUrl", "pluginDownloadURL"])
      assert.ok(key in schema, key);
  });
});
