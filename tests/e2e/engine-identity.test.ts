import assert from "node:assert/strict";
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { before, describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { EgressProxy, type EgressProxyArgs } from "../../index";
import { StepTimes, type TestStack } from "../engine/stacks";
import { catchRejections } from "../harness/rejections";
import { argumentsFor, engineScene, providersFor } from "./support/engine-scene";

const root = resolve(__dirname, "../..");

describe("a deployed EgressProxy stays as it is", { timeout: 900_000 }, () => {
  const scene = engineScene();
  let stack: TestStack;
  let wanted: { Component: typeof EgressProxy; name: string; args: EgressProxyArgs };
  const times = new StepTimes();
  let options: pulumi.ComponentResourceOptions = {};

  // eslint-disable-next-line @typescript-eslint/require-await -- the engine wants a promise
  const program = async () => {
    const { Component, name, args } = wanted;
    new Component(name, args, { providers: providersFor(scene().cluster), ...options });
  };

  before(async () => {
    wanted = {
      Component: EgressProxy,
      name: "identity",
      args: {
        ...argumentsFor(scene().cluster, "api.example.test"),
        namespace: "identity",
        domain: "id.internal",
      },
    };
    stack = await scene().stacks.stack("identity", program);
    await stack.up({ onEvent: (event) => times.take(event) });
  });

  it("was deployed without waiting for the Service of its DNS server", () => {
    const seconds = times.of("Service::identity-dns");
    assert.ok(seconds < 5, `${seconds} s`);
  });

  it("when a colleague previews it from another folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "k8s-egress-colleague-"));
    const mine = wanted;
    try {
      wanted = { ...mine, Component: componentFrom(folder) };
      assert.deepEqual(await stack.preview(), []);
    } finally {
      wanted = mine;
      rmSync(folder, { recursive: true });
    }
  });

  it("when its component is renamed with an alias and the former name as `instance`", async () => {
    const renamed = { ...wanted, name: "renamed" };
    options = { aliases: [{ name: "identity" }] };

    wanted = renamed;
    const restore = catchRejections(() => undefined);
    await assert
      .rejects(stack.preview(), /instance: is missing.+ give instance: "identity"/)
      .finally(restore);

    wanted = { ...renamed, args: { ...renamed.args, instance: "identity" } };
    assert.deepEqual(await stack.preview(), []);
    await stack.up();
    // Once deployed, the alias has done its work.
    options = {};
    assert.deepEqual(await stack.preview(), []);
  });

  it("where `transforms` ignore a change of a child", async () => {
    const { args } = wanted;
    wanted = { ...wanted, args: { ...args, replicas: 3 } };
    assert.deepEqual(await stack.preview(), ["update Deployment renamed-proxy"]);
    const ignored: pulumi.ResourceTransform = ({ type, props, opts }) =>
      type === "kubernetes:apps/v1:Deployment"
        ? { props, opts: pulumi.mergeOptions(opts, { ignoreChanges: ["spec.replicas"] }) }
        : undefined;
    options = { transforms: [ignored] };
    assert.deepEqual(await stack.preview(), []);
    wanted = { ...wanted, args };
  });

  it("when it is protected", async () => {
    options = { protect: true };
    await stack.up();
    await assert.rejects(stack.stack.destroy(), /protected/);
    options = {};
    await stack.up();
  });
});

/** The component as another checkout of this package has it. */
function componentFrom(folder: string): typeof EgressProxy {
  for (const name of ["index.ts", "component", "package.json", "proxy-image"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(realpathSync(join(root, "node_modules")), join(folder, "node_modules"));
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- another copy of the module
  return (require(join(folder, "index.ts")) as { EgressProxy: typeof EgressProxy }).EgressProxy;
}
