import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import * as docker from "@pulumi/docker";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { EgressProxy, type EgressProxyArgs } from "../../index";
import type { TestStack } from "../engine/stacks";
import { catchRejections } from "../harness/rejections";
import { argumentsFor, engineScene, providersFor } from "./support/engine-scene";

describe("a preview of an EgressProxy", { timeout: 900_000 }, () => {
  const scene = engineScene();
  let stack: TestStack;
  let program: () => void;

  before(async () => {
    // eslint-disable-next-line @typescript-eslint/require-await -- the engine wants a promise
    stack = await scene().stacks.stack("preview", async () => program());
    await stack.stack.setConfig("pulumi:disable-default-providers", { value: '["*"]' });
  });

  /** With an image that exists, so that no Docker engine is needed. */
  const given = (more: Partial<EgressProxyArgs> = {}): EgressProxyArgs => {
    const { cluster } = scene();
    return {
      ...argumentsFor(cluster, "api.example.test"),
      build: undefined,
      image: cluster.images.node,
      ...more,
    };
  };

  const refuses = async (reason: RegExp) => {
    const restore = catchRejections(() => undefined);
    await assert.rejects(stack.preview(), reason).finally(restore);
  };

  const two = (second: Partial<EgressProxyArgs>, other = false) => {
    program = () => {
      const { kubernetes } = providersFor(scene().cluster);
      const elsewhere = other
        ? new k8s.Provider("other", { kubeconfig: scene().cluster.kubeconfig })
        : kubernetes;
      new EgressProxy("first", given({ namespace: "first", domain: "first.internal" }), {
        provider: kubernetes,
      });
      new EgressProxy("second", given({ namespace: "second", domain: "second.internal", ...second }), {
        provider: elsewhere,
      });
    };
  };

  it("refuses a second one of the same domain", async () => {
    two({ domain: "first.internal" });
    await refuses(/EgressProxy "second".+\n.*domain: "first\.internal" is also that of EgressProxy "first"/);
  });

  it("refuses a second one in the same namespace", async () => {
    two({ namespace: "first" });
    await refuses(/EgressProxy "second".+\n.*namespace: "first" is also that of EgressProxy "first"/);
  });

  it("takes two that share neither, or on two clusters", async () => {
    two({});
    assert.notDeepEqual(await stack.preview(), []);
    two({ namespace: "first", domain: "first.internal" }, true);
    assert.notDeepEqual(await stack.preview(), []);
  });

  it("with `build` and no Docker engine says so before the provider does", async () => {
    program = () => {
      const { kubernetes } = providersFor(scene().cluster);
      const nowhere = new docker.Provider("nowhere", { host: "unix:///nowhere/docker.sock" });
      const args = argumentsFor(scene().cluster, "api.example.test");
      new EgressProxy("egress", args, { providers: { kubernetes, docker: nowhere } });
    };
    await refuses(
      /build: no Docker engine answers at unix:\/\/\/nowhere\/docker\.sock \(ENOENT\).+or give `image`/,
    );
  });

  /** Kinds of children, by the name of the provider that they got. */
  const providersOf = async (): Promise<Set<string>> => {
    const children = [...(await stack.previewed()).values()].filter(({ type }) =>
      type.startsWith("kubernetes:"),
    );
    assert.ok(children.length > 10);
    return new Set(children.map(({ provider }) => provider.split("::").at(-2)!));
  };

  it("gives all children the `provider`, or theirs of `providers`", async () => {
    program = () => {
      new EgressProxy("egress", given(), { provider: providersFor(scene().cluster).kubernetes });
    };
    assert.deepEqual(await providersOf(), new Set(["cluster"]));
    program = () => {
      const { kubernetes, docker: images } = providersFor(scene().cluster);
      new EgressProxy("egress", given(), { providers: [images, kubernetes] });
    };
    assert.deepEqual(await providersOf(), new Set(["cluster"]));
  });

  it("fails without a provider where the default ones are disabled", async () => {
    program = () => {
      new EgressProxy("egress", given());
    };
    await refuses(/Default provider for 'kubernetes' disabled/);
  });

  it("applies `transforms` to the children", async () => {
    const labelled: pulumi.ResourceTransform = ({ type, props, opts }) => {
      if (type !== "kubernetes:core/v1:Service") return undefined;
      const { metadata } = props as { metadata: pulumi.Input<{ labels: Record<string, string> }> };
      const labels = pulumi
        .output(metadata)
        .apply((its) => ({ ...its, labels: { ...its.labels, team: "edge" } }));
      return { props: { ...props, metadata: labels }, opts };
    };
    program = () => {
      const { kubernetes } = providersFor(scene().cluster);
      new EgressProxy("egress", given(), { provider: kubernetes, transforms: [labelled] });
    };
    const service = (await stack.previewed()).get("Service egress-api-example-test")!;
    const { metadata } = service.new!.inputs as { metadata: { labels: Record<string, string> } };
    assert.equal(metadata.labels.team, "edge");
  });

  it("does not warn of an address that the update will know", async () => {
    program = () => {
      const { kubernetes } = providersFor(scene().cluster);
      new EgressProxy("egress", given({ dns: { mode: "manual" } }), { provider: kubernetes });
    };
    const messages: string[] = [];
    await stack.preview({
      onEvent: ({ diagnosticEvent }) => diagnosticEvent && messages.push(diagnosticEvent.message),
    });
    assert.deepEqual(
      messages.filter((text) => text.includes("stubDomain")),
      [],
    );
  });

  it("and its update name Linkerd and `mesh.mode` within seconds where there is no Linkerd", async () => {
    program = () => {
      const { kubernetes } = providersFor(scene().cluster);
      new EgressProxy("egress", given({ namespace: "no-linkerd", mesh: undefined, dns: { mode: "none" } }), {
        provider: kubernetes,
      });
    };
    const at = new Map<string, number>();
    const onEvent = ({ diagnosticEvent, resOutputsEvent }: EngineEvent) => {
      if (resOutputsEvent?.metadata.urn.endsWith("::egress-policy")) at.set("policy", Date.now());
      if (/Linkerd.+mesh\.mode: "none"/.test(diagnosticEvent?.message ?? "")) at.set("words", Date.now());
    };
    const restore = catchRejections(() => undefined);
    try {
      await assert.rejects(stack.up({ onEvent }), /no matches for kind "Server"/);
      const delay = at.get("words")! - at.get("policy")!;
      assert.ok(delay < 10_000, `${delay} ms`);
    } finally {
      restore();
    }
  });
});
