import assert from "node:assert/strict";
import { delimiter, join } from "node:path";
import { before, describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { EgressProxy, type EgressProxyArgs, type Upstream } from "../../index";
import type { TestStack, Watch } from "../engine/stacks";
import { argumentsFor, engineScene, providersFor } from "./support/engine-scene";

/** The component as programs in other languages create it: by the plugin. */
class RemoteEgressProxy extends pulumi.ComponentResource {
  constructor(name: string, args: EgressProxyArgs, opts: pulumi.ComponentResourceOptions) {
    super("k8s-egress:index:EgressProxy", name, args, opts, true);
  }
}

describe("a changed policy under the real Pulumi engine", { timeout: 900_000 }, () => {
  // The engine of the scene finds the plugin there.
  process.env.PATH = [join(__dirname, "../engine/k8s-egress-plugin"), process.env.PATH].join(delimiter);
  const scene = engineScene();

  const args = (namespace: string, more: Partial<Upstream>[]): EgressProxyArgs => {
    const { upstreams, ...rest } = argumentsFor(scene().cluster, "api.example.test", "b.example.test");
    return {
      ...rest,
      namespace,
      domain: `${namespace}.internal`,
      upstreams: upstreams.map((upstream, at) => ({ ...upstream, ...more[at] })).slice(0, more.length),
      dns: { mode: "none" },
    };
  };
  const read = { methods: ["GET"], paths: ["/v1/charges"] };
  const first: Partial<Upstream>[] = [{ allow: [read] }];
  const second: Partial<Upstream>[] = [
    { allow: [read, { methods: ["POST"], paths: ["/v1/refunds"] }], timeouts: { response: "30s" } },
    {},
  ];
  const expected = [
    "b.example.test is new, for every client",
    "api.example.test: POST /v1/refunds is new for every client",
    "api.example.test: timeouts.response 1m → 30s",
  ];

  /** The component's information for people, of a preview or an update. */
  const said = async (run: (watch: Watch) => Promise<unknown>): Promise<string[]> => {
    const lines: string[] = [];
    await run({
      onEvent: ({ diagnosticEvent: event }: EngineEvent) => {
        if (event?.urn?.includes("::k8s-egress:index:EgressProxy::") && event.severity.startsWith("info"))
          lines.push(event.message.trim());
      },
    });
    return lines;
  };

  for (const [title, name, create] of [
    [
      "in a program of TypeScript",
      "told",
      (wanted: EgressProxyArgs) =>
        new EgressProxy("egress", wanted, { providers: providersFor(scene().cluster) }),
    ],
    [
      "in a program of another language",
      "remotely-told",
      (wanted: EgressProxyArgs) =>
        new RemoteEgressProxy("egress", wanted, { providers: providersFor(scene().cluster) }),
    ],
  ] as const) {
    describe(title, () => {
      let stack: TestStack;
      let wanted: EgressProxyArgs;

      before(async () => {
        // eslint-disable-next-line @typescript-eslint/require-await -- the engine wants a promise
        stack = await scene().stacks.stack(name, async () => void create(wanted));
      });

      it("is not described at the first update, nor while nothing changes", async () => {
        wanted = args(name, first);
        assert.deepEqual(await said((watch) => stack.up(watch)), []);
        assert.deepEqual(await said((watch) => stack.preview(watch)), []);
        assert.deepEqual(await stack.preview(), []);
      });

      it("is described at preview and at update, and then no more", async () => {
        wanted = args(name, second);
        assert.deepEqual(await said((watch) => stack.preview(watch)), expected);
        assert.deepEqual(await said((watch) => stack.up(watch)), expected);
        assert.deepEqual(await said((watch) => stack.preview(watch)), []);
      });

      it("shows in the diff in its ConfigMap only", async () => {
        wanted = args(name, first);
        let printed = "";
        await stack.stack.preview({ diff: true, onOutput: (text) => (printed += text) });
        assert.match(printed, /k8s-egress:index:EgressProxy.*\n.*\n +~ policy \(hidden\)/);
        // Once in the ConfigMap's own diff.
        assert.equal(printed.split('"/v1/refunds"').length - 1, 1, printed);
      });

      it("does not hinder `pulumi destroy`, which does not run the program", async () => {
        await stack.stack.destroy();
      });
    });
  }
});
