import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { EgressProxy, type EgressProxyArgs } from "../../index";
import type { Cluster } from "../cluster";
import type { Step, TestStack, TestStacks } from "../engine/stacks";
import { type Kubectl, kubectlFor } from "../harness/kubernetes";
import { catchRejections } from "../harness/rejections";
import { type CorefileState, readCorefile } from "./support/corefile";
import { argumentsFor, engineScene, providersFor } from "./support/engine-scene";
import { installLinkerdCrds, removeLinkerdCrds } from "./support/linkerd-crds";
import { type AppPod, startAppPod } from "./support/pod";
import { until } from "./support/wait";

/** Lines. One upstream's Service, its entry in policy and zone, and two Deployments take less. */
const LONGEST_DIFF = 250;

describe("an EgressProxy under the real Pulumi engine", { timeout: 900_000 }, () => {
  const scene = engineScene();
  let cluster: Cluster;
  let kubectl: Kubectl;
  let app: AppPod | undefined;
  let stacks: TestStacks;
  let stack: TestStack;
  let untouched: CorefileState;
  let wanted: EgressProxyArgs;

  before(async () => {
    ({ cluster, stacks } = scene());
    kubectl = kubectlFor(cluster.kubectl, cluster.kubeconfig);
    app = await startAppPod(cluster, "engine-app");
    untouched = await readCorefile(kubectl);
    wanted = argumentsFor(cluster, "api.example.test", "*.wild.example.test");
    stack = await stacks.stack("test", program);
    // Whatever does not come through the providers that the component is given must fail.
    await stack.stack.setConfig("pulumi:disable-default-providers", { value: '["*"]' });
  });
  after(() => app?.delete());

  // eslint-disable-next-line @typescript-eslint/require-await -- the engine wants a promise
  const program = async () => {
    const egress = new EgressProxy("egress", wanted, { providers: providersFor(cluster) });
    return { urls: egress.urls, image: egress.image };
  };

  /** Answers live for five seconds, "no such name" too. */
  const answers = (url: string, expected: number | string) =>
    until(`${url} to answer ${expected}`, async () => {
      const { status, error } = await app!.request(url);
      return (status ?? error) === expected;
    });

  const oneUpstreamMore = [
    "create Service egress-second-example-test",
    "create-replacement ConfigMap egress-policy",
    "create-replacement ConfigMap egress-zone",
    "replace ConfigMap egress-policy",
    "replace ConfigMap egress-zone",
    "update Deployment egress-dns",
    "update Deployment egress-proxy",
    // Its copy of the policy, by which the next preview says what changes.
    "update EgressProxy egress",
  ];
  const oldOnesGo = ["delete-replaced ConfigMap egress-policy", "delete-replaced ConfigMap egress-zone"];

  it("deploys", async () => {
    await stack.up();
    await answers("http://api.example.test.egress.local/", 200);
    await answers("http://second.example.test.egress.local/", "ENOTFOUND");
  });

  it("previews no change afterwards", async () => assert.deepEqual(await stack.preview(), []));

  it("previews an added upstream as a Service, policy and zone created first, and two Deployments updated", async () => {
    wanted = argumentsFor(cluster, "api.example.test", "*.wild.example.test", "second.example.test");
    const steps = await stack.preview();
    assert.deepEqual(steps.filter((step) => !oldOnesGo.includes(step)).sort(), oneUpstreamMore);
    assert.deepEqual((await stack.up()).sort(), [...oneUpstreamMore, ...oldOnesGo].sort());
    await answers("http://second.example.test.egress.local/", 200);
    assert.deepEqual(await stack.preview(), []);
  });

  it("removes an upstream: refused first, unresolved next, its Service last", async () => {
    wanted = argumentsFor(cluster, "api.example.test", "*.wild.example.test");
    const steps = await stack.up();
    const at = (step: Step) => {
      assert.ok(steps.includes(step), `${step} in ${steps.join(", ")}`);
      return steps.indexOf(step);
    };
    assert.ok(at("update Deployment egress-proxy") < at("update Deployment egress-dns"));
    assert.ok(at("update Deployment egress-dns") < at("delete Service egress-second-example-test"));
    await answers("http://second.example.test.egress.local/", "ENOTFOUND");
  });

  it("moves to another domain", async () => {
    wanted = { ...wanted, domain: "out.example.internal" };
    const steps = await stack.up();
    assert.deepEqual(
      steps.filter((step) => /^delete |replace.* Deployment|Service/.test(step)),
      [],
    );
    await answers("http://api.example.test.out.example.internal/", 200);
    await answers("http://api.example.test.egress.local/", "ENOTFOUND");
    assert.deepEqual(await stack.preview(), []);
  });

  it("refuses wrong arguments at preview, all at once", async () => {
    const good = wanted;
    const restore = catchRejections(() => undefined);
    wanted = {
      ...wanted,
      upstreams: [{ host: "https://api.example.test" }, { host: "*" }],
      domain: pulumi.output("x") as unknown as string,
    };
    try {
      await assert.rejects(stack.preview(), (error: Error) => {
        for (const path of ["upstreams[0].host", "upstreams[1].host", "domain"]) {
          assert.ok(error.message.includes(`${path}: `), `${path} in ${error.message}`);
        }
        // A mistake of the user needs no stack trace of ours.
        assert.doesNotMatch(error.message, /component\/egress-proxy/);
        return true;
      });
    } finally {
      wanted = good;
      restore();
    }
  });

  it("goes on after an interrupted up", async () => {
    wanted = argumentsFor(cluster, "api.example.test", "second.example.test");
    const abort = new AbortController();
    const interrupted = stack.stack.up({
      signal: abort.signal,
      onEvent: ({ resourcePreEvent }) => {
        if (resourcePreEvent?.metadata.urn.endsWith("Deployment::egress-proxy")) abort.abort();
      },
    });
    await assert.rejects(interrupted);
    await sleep(1_000);
    await stack.up();
    await answers("http://second.example.test.egress.local/", 200);
    assert.deepEqual(await stack.preview(), []);
  });

  it("previews one upstream more among a hundred in lines about that one", async () => {
    const hundred = Array.from({ length: 100 }, (_, index) => `host-${index}.example.test`);
    wanted = argumentsFor(cluster, ...hundred);
    await stack.up();
    wanted = argumentsFor(cluster, ...hundred, "one-more.example.test");
    let printed = "";
    await stack.stack.preview({ diff: true, onOutput: (text) => (printed += text) });
    const lines = printed.split("\n");
    assert.ok(lines.some((line) => line.includes("one-more.example.test")));
    assert.ok(lines.length < LONGEST_DIFF, `${lines.length} lines:\n${printed}`);
  });

  it("keeps a third party's key out of preview, state and errors, and says why a pod does not serve", async () => {
    const sentinel = "s3ntinel-of-a-key";
    const secret = await stacks.stack("secret", async () => {
      const kubernetes = new k8s.Provider("cluster", { kubeconfig: cluster.kubeconfig });
      const image = await imageOf(stack.stack);
      const host = "api.example.test";
      new EgressProxy(
        "secret",
        {
          namespace: "secret",
          upstreams: [
            {
              host,
              setHeaders: { authorization: { credential: "stripe", prefix: "Bearer " } },
              allow: [{ clients: [{ namespace: "shop" }], methods: ["GET"], paths: ["/**"] }],
            },
          ],
          credentials: { stripe: { value: sentinel } },
          image,
          // So that a pod exists whose reason the provider can show.
          mesh: { admissionPolicy: false },
          dns: { mode: "none" },
        },
        { providers: { kubernetes }, transforms: [impatient] },
      );
    });
    await installLinkerdCrds(cluster);
    const seen: unknown[] = [];
    const restore = catchRejections((error) => seen.push(String(error)));
    const watch = {
      onOutput: (text: string) => seen.push(text),
      // The SDK's own debug messages hold every value; nobody sees them without `--debug`.
      onEvent: (event: EngineEvent) =>
        (event.diagnosticEvent?.severity as string | undefined) !== "debug" && seen.push(event),
    };
    try {
      await secret.preview(watch);
      await assert.rejects(secret.up(watch), (error: Error) => {
        seen.push(error.message);
        assert.match(error.message, /no Linkerd sidecar in this pod/);
        return true;
      });
      const state = readState(stacks.folder, "secret");
      assert.match(state, /kubernetes:core\/v1:Secret/);
      seen.push(state);
      assert.match(JSON.stringify(seen), /egress-proxy|secret-proxy/);
      assert.ok(!JSON.stringify(seen).includes(sentinel));
      assert.ok(!JSON.stringify(seen).includes(Buffer.from(sentinel).toString("base64")));
    } finally {
      restore();
      await secret.stack.destroy();
      await removeLinkerdCrds(cluster);
    }
  });

  it("destroys everything and leaves the Corefile as it was", async () => {
    await stack.stack.destroy();
    assert.deepEqual(await readCorefile(kubectl), untouched);
  });
});

/** The state, its history too, as it lies on the disk; what the automation API exports is decrypted. */
function readState(folder: string, stack: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && file.name.startsWith(stack))
    .map((file) => readFileSync(join(file.parentPath, file.name), "utf8"))
    .join("\n");
}

async function imageOf(stack: Stack): Promise<string> {
  const { image } = await stack.outputs();
  return image!.value as string;
}

/** Pulumi waits ten minutes for a Deployment; the test does not. */
const impatient: pulumi.ResourceTransform = ({ type, props, opts }) =>
  type === "kubernetes:apps/v1:Deployment"
    ? { props, opts: pulumi.mergeOptions(opts, { customTimeouts: { create: "90s" } }) }
    : undefined;
