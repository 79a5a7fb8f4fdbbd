import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Inputs } from "@pulumi/pulumi";
import { EgressProvider } from "../../plugin/provider";
import { type Run, runProgram } from "../harness/monitor";

/** What the plugin makes of the engine's request. How inputs get here from another language is not shown. */
function construct(type: string, inputs: Inputs): Promise<Run<Record<string, unknown>>> {
  return runProgram(async () => {
    const { state } = await new EgressProvider().construct("x", `k8s-egress:index:${type}`, inputs, {});
    return state;
  });
}

describe("the plugin for other languages", () => {
  it("creates an EgressProxy, and returns every output of the schema", async () => {
    const image = `registry.example.com/egress@sha256:${"0".repeat(64)}`;
    const { resources, result } = await construct("EgressProxy", {
      upstreams: [{ host: "api.stripe.com" }],
      image,
    });
    assert.ok(resources.some(({ type }) => type === "kubernetes:apps/v1:Deployment"));
    const { stubDomain, ...outputs } = result;
    assert.match(String(stubDomain), /^egress\.local/);
    assert.deepEqual(outputs, {
      urls: { "api.stripe.com": "http://api.stripe.com.egress.local" },
      domain: "egress.local",
      namespace: "egress",
      image,
      auditedNamespaces: [],
    });
  });

  it("creates an EgressLockdown", async () => {
    const { result } = await construct("EgressLockdown", { namespaces: ["shop"] });
    assert.deepEqual(result, { namespaces: ["shop"] });
  });

  it("says so if it does not have a type", async () => {
    await assert.rejects(construct("Other", {}), /no resource of type k8s-egress:index:Other/);
  });
});
