import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { EgressProxy, type EgressProxyArgs } from "../../index";
import { type Registered, runProgram } from "../harness/monitor";

const ARGS: EgressProxyArgs = {
  upstreams: [{ host: "api.stripe.com" }],
  image: `registry.example.com/egress@sha256:${"a".repeat(64)}`,
};

const create = (name: string, more: Partial<EgressProxyArgs> = {}, opts?: pulumi.ComponentResourceOptions) =>
  new EgressProxy(name, { ...ARGS, ...more }, opts);

describe("a renamed EgressProxy", () => {
  /** All that the API server sees, by kind. */
  const objects = async (program: () => unknown) => {
    const { resources } = await runProgram(program);
    return resources
      .filter(({ custom }) => custom)
      .map(({ type, inputs }: Registered) => `${type} ${JSON.stringify(inputs)}`)
      .sort();
  };

  it("with its former name as `instance` has the same objects", async () => {
    const before = await objects(() => create("egress"));
    assert.deepEqual(await objects(() => create("edge", { instance: "egress" })), before);
    assert.notDeepEqual(await objects(() => create("edge")), before);
  });

  for (const alias of ["urn:pulumi:prod::shop::k8s-egress:index:EgressProxy::egress", { name: "egress" }]) {
    it(`without it is refused: ${JSON.stringify(alias)}`, async () => {
      await assert.rejects(
        runProgram(() => create("edge", {}, { aliases: [alias] })),
        /instance: is missing, and by its aliases this component was "egress".+give instance: "egress"/,
      );
    });
  }

  it("may have aliases of the same name, such as another parent's", async () => {
    await runProgram(() => create("egress", {}, { aliases: [{ name: "egress", project: "former" }] }));
  });
});

describe("two EgressProxy of one program", () => {
  const other = { namespace: "other", domain: "other.internal" };

  for (const [path, second] of [
    ["namespace", { ...other, namespace: undefined }],
    ["domain", { ...other, domain: undefined }],
    ["instance", { ...other, instance: "first" }],
  ] as const) {
    it(`can't have the same ${path}`, async () => {
      await assert.rejects(
        runProgram(() => [create("first"), create("second", second)]),
        new RegExp(`${path}: ".+" is also that of EgressProxy "first"; give each another one`),
      );
    });
  }

  it("can have different ones, or be in different clusters, or in different runs", async () => {
    await runProgram(() => [create("first"), create("second", other)]);
    await runProgram(() => [
      create("first"),
      create("second", {}, { provider: new k8s.Provider("elsewhere", {}) }),
    ]);
    await runProgram(() => create("second"));
  });

  it("can share a domain that neither serves", async () => {
    const none = { dns: { mode: "none" } } as const;
    await runProgram(() => [create("first", none), create("second", { ...none, namespace: "other" })]);
  });
});
