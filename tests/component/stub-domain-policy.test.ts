import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EgressProxy, type EgressProxyArgs } from "../../index";
import { readArgs } from "../../proxy-image/src/stubdomain/args";
import { type Registered, runProgram } from "../harness/monitor";

interface Inputs {
  metadata: { name: string; namespace: string };
  spec: {
    failurePolicy: string;
    policyName: string;
    validationActions: string[];
    matchConditions: { expression: string }[];
    variables: { name: string; expression: string }[];
    template: { spec: { serviceAccountName: string; containers: { args: string[] }[] } };
  };
}

async function children(...all: { name: string; more?: Partial<EgressProxyArgs> }[]) {
  const { resources } = await runProgram(() => {
    for (const { name, more } of all) {
      const image = `registry.example.com/egress@sha256:${"a".repeat(64)}`;
      new EgressProxy(name, { upstreams: [{ host: "api.stripe.com" }], image, ...more });
    }
  });
  return resources;
}

function inputs(resources: Registered[], kind: string, name = "egress-stub-domain"): Inputs {
  const found = resources.find((resource) => resource.type.endsWith(`:${kind}`) && resource.name === name);
  assert.ok(found, `${kind} ${name}`);
  return found.inputs as unknown as Inputs;
}

// What its expressions let through is tested where they are evaluated: tests/e2e/admission.test.ts.
describe("the admission policy for the controller's account", () => {
  it("is about the account, anchor and domain of the controller that runs", async () => {
    for (const more of [{}, { domain: "out.example" }, { dns: { controllerNamespace: "platform-dns" } }]) {
      const resources = await children({ name: "egress", more });
      const { metadata, spec } = inputs(resources, "Deployment");
      const pod = spec.template.spec;
      const controller = readArgs(pod.containers[0]!.args.slice(1)).spec;
      const policy = inputs(resources, "ValidatingAdmissionPolicy").spec;
      assert.equal(policy.failurePolicy, "Fail");
      assert.deepEqual(
        policy.matchConditions.map(({ expression }) => expression),
        [
          `request.userInfo.username == "system:serviceaccount:${metadata.namespace}:${pod.serviceAccountName}"`,
        ],
      );
      const expressions = Object.fromEntries(policy.variables.map((one) => [one.name, one.expression]));
      const { anchor, target } = controller;
      const isObject = ({ namespace, name }: typeof anchor) =>
        `request.operation == "UPDATE" && request.namespace == "${namespace}" && request.name == "${name}"`;
      assert.equal(expressions.isAnchor, isObject(anchor));
      assert.equal(expressions.isTarget, isObject(target));
      const pattern = controller.domain.replaceAll(".", "[.]");
      for (const name of ["removed", "added"]) assert.ok(expressions[name]!.includes(pattern), name);
    }
  });

  it("denies, and is there before the controller", async () => {
    const resources = await children({ name: "egress" });
    const binding = inputs(resources, "ValidatingAdmissionPolicyBinding");
    assert.deepEqual(binding.spec.validationActions, ["Deny"]);
    assert.equal(binding.spec.policyName, inputs(resources, "ValidatingAdmissionPolicy").metadata.name);
    const order = resources.map(({ type, name }) => `${type.split(":").at(-1)!} ${name}`);
    assert.ok(
      order.indexOf("ValidatingAdmissionPolicyBinding egress-stub-domain") <
        order.indexOf("Deployment egress-stub-domain"),
    );
  });

  it("has names of its own in each instance, because it has no namespace", async () => {
    const more = { namespace: "other", domain: "other.example" };
    const resources = await children({ name: "egress" }, { name: "other", more });
    const names = ["egress", "other"].map(
      (name) => inputs(resources, "ValidatingAdmissionPolicy", `${name}-stub-domain`).metadata.name,
    );
    assert.equal(new Set(names).size, 2);
  });
});
