import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { EgressProxy, type EgressProxyArgs } from "../../index";
import { runProgram } from "../harness/monitor";
import { type Kubectl, kubectlFor } from "../harness/kubernetes";
import { runInPod, startClientPod } from "../cluster";
import { type CorefileState, readCorefile } from "./support/corefile";
import { engineScene, providersFor } from "./support/engine-scene";
import { until } from "./support/wait";
import { ARGUMENTS, NAME } from "../upgrade/arguments";
import { builtImage } from "../upgrade/image";
import { startLoad } from "../upgrade/load";
import { onCluster, type RecordedChild, releases, withRolesOf } from "../upgrade/recorded";

const URL_OF_ONE = "http://api.example.test.upgrade.internal/";
/** Longer than an upgrade takes here. */
const LOAD_SECONDS = 150;

/** A child of any type. */
class Child extends pulumi.CustomResource {}

/** Only the type and name matter: they are part of its children's URNs. */
class Former extends pulumi.ComponentResource {
  constructor(children: readonly RecordedChild[], providers: pulumi.ProviderResource[]) {
    super("k8s-egress:index:EgressProxy", NAME, {}, { providers });
    let last: pulumi.Resource | undefined;
    // In the recorded order, one after the other, because dependencies are not recorded.
    for (const { type, name, inputs } of children) {
      last = new Child(type, name, inputs, {
        parent: this,
        ...(last && { dependsOn: last }),
      });
    }
  }
}

for (const { version, children } of releases()) {
  describe(`an upgrade from ${version}`, { timeout: 900_000 }, () => {
    const scene = engineScene();
    let kubectl: Kubectl;
    let untouched: CorefileState;

    before(async () => {
      kubectl = kubectlFor(scene().cluster.kubectl, scene().cluster.kubeconfig);
      untouched = await readCorefile(kubectl);
    });
    after(() => kubectl(["delete", "namespace", "upgrade-load", "--ignore-not-found"]));

    it("replaces nothing, loses no request, and destroys what the earlier version made", async (t) => {
      const { cluster, stacks } = scene();
      let program: () => void = () => undefined;
      const stack = await stacks.stack("upgrade", () => {
        program();
        return Promise.resolve();
      });
      const ca = cluster.thirdPartyCa;
      const image = builtImage(cluster);
      const { resources } = await runProgram(() => {
        new EgressProxy(NAME, ARGUMENTS);
      });
      const former = onCluster(withRolesOf(children, resources), {
        image,
        dnsImage: cluster.images.coredns,
        ca,
      });
      program = () => {
        new Former(former, Object.values(providersFor(cluster)));
      };
      await stack.up();

      const pod = await startClientPod(cluster, { namespace: "upgrade-load", name: "first" });
      await until("the earlier version to serve", async () => {
        const script = `console.log(await fetch(${JSON.stringify(URL_OF_ONE)}).then((r) => r.status, (e) => e.message));`;
        return (await runInPod(cluster, pod, script)).trim() === "200";
      });
      const load = await startLoad(cluster, "upgrade-load", URL_OF_ONE, LOAD_SECONDS);
      const args: EgressProxyArgs = {
        ...ARGUMENTS,
        image,
        upstreams: ARGUMENTS.upstreams.map((upstream) => ({ ...upstream, tls: { caCertificates: ca } })),
        dns: { image: cluster.images.coredns },
      };
      program = () => {
        new EgressProxy(NAME, args, { providers: providersFor(cluster) });
      };
      const steps = await stack.up();
      const { sent, lost } = await load.ended;
      t.diagnostic(`${sent} requests; steps: ${steps.join(", ")}`);
      const replaced = steps.filter(
        (step) => /replace|delete /.test(step) && !/ ConfigMap \S+-(?:policy|zone)$/.test(step),
      );
      assert.deepEqual(replaced, []);
      assert.ok(sent > 1_000, `${sent} requests`);
      assert.deepEqual(lost, {});
      assert.deepEqual(await stack.preview(), []);

      await stack.stack.destroy();
      assert.deepEqual(await readCorefile(kubectl), untouched);
    });
  });
}
