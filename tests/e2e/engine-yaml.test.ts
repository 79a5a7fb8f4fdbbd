import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { EgressProxy } from "../../index";
import { type Kubectl, kubectlFor } from "../harness/kubernetes";
import { argumentsFor, engineScene, providersFor } from "./support/engine-scene";
import { installLinkerdCrds, removeLinkerdCrds } from "./support/linkerd-crds";
import { type AppPod, startAppPod } from "./support/pod";
import { until } from "./support/wait";

/** Arguments of kubectl for one of the rendered files. */
function rendered(folder: string, kind: string): string[] {
  const manifests = join(folder, "1-manifest");
  const file = readdirSync(manifests).find((name) => name.includes(`-${kind}-`));
  assert.ok(file, kind);
  return ["-f", join(manifests, file)];
}

describe("YAML that the Kubernetes provider renders", { timeout: 600_000 }, () => {
  const scene = engineScene();
  let kubectl: Kubectl;
  let folder: string;
  let app: AppPod;
  let stubDomain: string;
  let warnings: string[];

  before(async () => {
    const { cluster, stacks } = scene();
    kubectl = kubectlFor(cluster.kubectl, cluster.kubeconfig);
    app = await startAppPod(cluster, "yaml-app");
    folder = join(stacks.folder, "yaml");
    // eslint-disable-next-line @typescript-eslint/require-await -- the engine wants a promise
    const stack = await stacks.stack("yaml", async () => {
      const args = argumentsFor(cluster, "api.example.test");
      const egress = new EgressProxy(
        "egress",
        { ...args, namespace: "rendered", domain: "rendered.internal", dns: { ...args.dns, mode: "manual" } },
        { providers: providersFor(cluster, { renderYamlToDirectory: folder }) },
      );
      return { stubDomain: egress.stubDomain };
    });
    const events: EngineEvent[] = [];
    await stack.up({ onEvent: (event) => events.push(event) });
    warnings = events.flatMap(({ diagnosticEvent }) => diagnosticEvent?.message ?? []);
    ({ value: stubDomain } = (await stack.stack.outputs()).stubDomain as { value: string });
  });
  after(async () => {
    await app.delete();
    await kubectl(["delete", "namespace", "rendered", "--ignore-not-found"]);
  });

  it("has no address for the stub domain, and a warning says what to put there", () => {
    assert.match(stubDomain, /forward \. CLUSTER-IP-OF-THE-SERVICE \{/);
    assert.ok(
      warnings.some((text) => text.includes("kubectl get service -n rendered egress-dns -o jsonpath")),
      warnings.join("\n"),
    );
  });

  it("is applied by kubectl, the namespace first, and serves", async () => {
    await kubectl(["apply", "--server-side", ...rendered(folder, "namespace")]);
    await kubectl(["apply", "--server-side", "-R", "-f", folder]);
    for (const name of ["egress-proxy", "egress-dns"])
      await kubectl(["rollout", "status", `deployment/${name}`, "-n", "rendered", "--timeout=120s"]);
    const address = await kubectl([
      "get",
      "service",
      "-n",
      "rendered",
      "egress-dns",
      "-o",
      "jsonpath={.spec.clusterIP}",
    ]);
    assert.match(address, /^[\d.]+$/);
    const url = "http://api-example-test.rendered.svc.cluster.local/";
    await until(`${url} to answer`, async () => (await app.request(url)).status === 200);
  });

  it("needs Linkerd's CRDs before its Server", async () => {
    const { cluster, stacks } = scene();
    const meshed = join(stacks.folder, "meshed");
    // eslint-disable-next-line @typescript-eslint/require-await -- the engine wants a promise
    const stack = await stacks.stack("meshed", async () => {
      const { kubernetes } = providersFor(cluster, { renderYamlToDirectory: meshed });
      new EgressProxy(
        "egress",
        {
          ...argumentsFor(cluster, "api.example.test"),
          build: undefined,
          image: cluster.images.node,
          mesh: { mode: "required" },
          namespace: "rendered",
          dns: { mode: "none" },
        },
        { provider: kubernetes },
      );
    });
    await stack.up();
    // kubectl remembers kinds for ten minutes; other tests have had Linkerd's.
    const server = [...rendered(meshed, "server"), `--cache-dir=${join(stacks.folder, "kubectl-cache")}`];
    await assert.rejects(kubectl(["apply", "--server-side", ...server]), /no matches for kind "Server"/);
    await installLinkerdCrds(cluster);
    try {
      assert.match(await kubectl(["apply", "--server-side", ...server]), /egress-proxy serverside-applied/);
    } finally {
      await removeLinkerdCrds(cluster);
    }
  });
});
