import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { parse } from "yaml";
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

/** The rendered files by Argo CD's sync wave, the first wave first. */
function wavesOf(folder: string): Map<number, string[]> {
  const waves = new Map<number, string[]>();
  for (const name of readdirSync(join(folder, "1-manifest"))) {
    const file = join(folder, "1-manifest", name);
    const { metadata } = parse(readFileSync(file, "utf8")) as { metadata: { annotations?: object } };
    const wave = Number((metadata.annotations as Record<string, string>)["argocd.argoproj.io/sync-wave"]);
    waves.set(wave, [...(waves.get(wave) ?? []), file]);
  }
  return new Map([...waves].sort(([one], [other]) => one - other));
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

  it("is applied by Argo CD in waves, each of which the API server takes as a whole", async () => {
    const { cluster, stacks } = scene();
    const folder = join(stacks.folder, "waves");
    // eslint-disable-next-line @typescript-eslint/require-await -- the engine wants a promise
    const stack = await stacks.stack("waves", async () => {
      const args = argumentsFor(cluster, "api.example.test");
      new EgressProxy(
        "egress",
        {
          ...args,
          namespace: "waves",
          domain: "waves.internal",
          dns: { ...args.dns, mode: "manual" },
          gitOps: { argoCd: true },
        },
        { providers: providersFor(cluster, { renderYamlToDirectory: folder }) },
      );
    });
    await stack.up();
    const waves = wavesOf(folder);
    assert.deepEqual([...waves.keys()], [-2, -1, 0, 1]);
    try {
      for (const files of waves.values()) {
        await kubectl(["apply", "--server-side", ...files.flatMap((file) => ["-f", file])]);
        const deployments = files.filter((file) => file.includes("-deployment-"));
        for (const file of deployments) await kubectl(["rollout", "status", "-f", file, "--timeout=120s"]);
      }
    } finally {
      await kubectl(["delete", "namespace", "waves", "--ignore-not-found"]);
    }
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
