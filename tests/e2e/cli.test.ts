import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { EgressProxy, type Upstream } from "../../index";
import type { Finding } from "../../proxy-image/src/cli/check/finding";
import type { Row } from "../../proxy-image/src/cli/stat/row";
import type { CertificateChain } from "../../proxy-image/src/contract/certificates/chain";
import type { TapEvent } from "../../proxy-image/src/cli/tap/event";
import { runCli } from "../cli/run-cli";
import { apply, type ClientPod, type Cluster, kubectl, runInPod, startClientPod } from "../cluster";
import { sharedCluster } from "../cluster/shared";
import { kubectlFor } from "../harness/kubernetes";
import { Stack } from "../harness/stack";
import { until } from "./support/wait";

/** Until the pod ends: successes, a third party's 503, denials. */
const LOAD = `
  const get = (path) => fetch("http://api.example.test.egress.local" + path).then((r) => r.text(), () => undefined);
  for (;;) {
    await Promise.all([get("/bytes/100"), get("/bytes/200"), get("/status/503"), get("/denied")]);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }`;

/** The page's address, which the tool prints, and its end. */
async function startDashboard(kubeconfig: string): Promise<{ url: string; stop: () => void }> {
  const main = resolve(__dirname, "../../proxy-image/src/cli/main.ts");
  const argv = ["--import=tsx", main, "dashboard", "--no-open", "--kubeconfig", kubeconfig];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { url: line.toString().trim(), stop: () => child.kill() };
}

interface DashboardState {
  readonly upstreams: readonly { readonly name: string; readonly requestsPerSecond: number }[];
  readonly denials: readonly { readonly host: string; readonly rule?: string; readonly isAllowed?: true }[];
  readonly health: readonly Finding[];
}

describe("k8s-egress check, stat, top, tap and dashboard on a real cluster", { timeout: 600_000 }, () => {
  const shared = sharedCluster();
  const temporary = mkdtempSync(join(tmpdir(), "k8s-egress-cli-"));
  let cluster: Cluster;
  let stack: Stack;
  let upstream: Upstream;
  let app: ClientPod | undefined;
  let loading: Promise<unknown> | undefined;

  const cli = (...argv: string[]) =>
    runCli([...argv, "--kubeconfig", cluster.kubeconfig], { KUBECONFIG: "" });
  const json = async <T>(...argv: string[]): Promise<T> => {
    const { status, out, err } = await cli(...argv, "-o", "json");
    assert.equal(status, 0, err);
    return JSON.parse(out) as T;
  };

  const deploy = (...upstreams: Upstream[]) =>
    stack.up(() => {
      new EgressProxy("egress", {
        upstreams,
        build: { repository: `${cluster.registry}/k8s-egress`, baseImage: cluster.images.node },
        mesh: { mode: "none" },
        dns: { image: cluster.images.coredns },
        drain: "1s",
      });
    });

  before(() => {
    cluster = shared();
    const kube = kubectlFor(cluster.kubectl, cluster.kubeconfig);
    stack = new Stack({ kubectl: kube, dockerHost: cluster.dockerHost });
  });
  after(async () => {
    rmSync(temporary, { recursive: true });
    await kubectl(cluster, ["delete", "pod", "-n", "shop", "app", "--ignore-not-found", "--timeout=60s"]);
    await loading;
    await stack.destroy();
    await kubectl(cluster, ["delete", "namespace", "shop", "oncall", "--ignore-not-found", "--timeout=120s"]);
  });

  it("check finds before the installation what `pulumi up` would fail on", async () => {
    const { status, out } = await cli("check");
    assert.equal(status, 1, out);
    assert.match(
      out,
      /✓ installation +none yet: .* namespace egress; whether the nodes can pull the image shows with its pods/,
    );
    assert.match(out, /✓ rights +everything/);
    assert.match(out, /✓ dns target +coredns, the default, fits/);
    assert.match(
      out,
      /✗ linkerd .*\n +→ install Linkerd 2\.18 or newer, or set mesh: \{ mode: "none" \}\n +https:/,
    );
  });

  it("stat needs an EgressProxy", async () => {
    const { status, err } = await cli("stat");
    assert.equal(status, 2);
    assert.match(err, /^k8s-egress: There is no EgressProxy in this cluster: /);
  });

  it("check finds everything right after it", async () => {
    upstream = {
      host: "api.example.test",
      tls: { caCertificates: cluster.thirdPartyCa },
      allowedCidrs: ["198.51.100.0/24"],
      allow: [{ paths: ["/bytes/*", "/status/*"] }],
    };
    await deploy(upstream);
    app = await startClientPod(cluster, { namespace: "shop", name: "app" });
    // It ends with its pod.
    loading = runInPod(cluster, app, LOAD).catch(() => undefined);
    await until("a request has reached the third party", async () =>
      (await json<Finding[]>("check")).some(({ text }) => text.startsWith("1 seen")),
    );
    const findings = await json<Finding[]>("check");
    assert.deepEqual(
      findings.filter(({ level, subject }) => level !== "ok" && subject !== "network policy"),
      [],
    );
    for (const subject of ["proxy pods", "dns pods", "stub domain", "certificates", "clock"])
      assert.ok(
        findings.some((one) => one.subject === subject),
        subject,
      );
    assert.match(
      findings.find(({ subject }) => subject === "stub domain")!.text,
      /proven at .* on every replica$/,
    );
  });

  it("stat counts the requests of all pods through their NetworkPolicies", async () => {
    const { pods, rows } = await json<{ pods: number; rows: Row[] }>("stat", "--window", "6");
    assert.equal(pods, 2);
    const row = rows.find(({ upstream }) => upstream === "api.example.test")!;
    assert.ok(row.requestsPerSecond > 1 && row.deniedPerSecond > 0.2, JSON.stringify(row));
    assert.ok(row.success! > 0.6 && row.success! < 0.9, JSON.stringify(row));
    assert.ok(row.latency!.p50 > 0 && row.latency!.p50 <= row.latency!.p99, JSON.stringify(row));
  });

  it("top has the same by client, and tap each request, filtered", async () => {
    const [{ rows }, tap] = await Promise.all([
      json<{ rows: Row[] }>("top", "--window", "6"),
      cli("tap", "--failed", "--no-paths", "--max", "3", "-o", "json"),
    ]);
    const [row] = rows;
    assert.deepEqual([row!.upstream, row!.client], ["api.example.test", "none"]);
    assert.ok(row!.latency!.p99 > 0 && row!.deniedPerSecond > 0.2, JSON.stringify(row));
    assert.equal(tap.status, 0, tap.err);
    const events = tap.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as TapEvent);
    assert.equal(events.length, 3);
    for (const { failure, status, path, method } of events)
      assert.deepEqual([failure, status, path, method], ["request-denied", 403, undefined, "GET"]);
  });

  it("dashboard has third parties, denials with their rule, pods and the stub domain", async () => {
    const { url, stop } = await startDashboard(cluster.kubeconfig);
    try {
      const state = async () => (await (await fetch(`${url}state`)).json()) as DashboardState;
      await until("rates, denials and health are there", async () => {
        const { upstreams, denials, health } = await state();
        return (upstreams[0]?.requestsPerSecond ?? 0) > 0 && denials.length > 0 && health.length > 0;
      });
      const { upstreams, denials, health } = await state();
      assert.equal(upstreams[0]!.name, "api.example.test");
      assert.equal(
        denials[0]!.rule,
        'add to the `allow` of api.example.test: { methods: ["GET"], paths: ["/denied"] }',
      );
      assert.deepEqual(
        health.map(({ level, subject }) => [level, subject]),
        [
          ["ok", "policy"],
          ["ok", "proxy pods"],
          ["ok", "dns pods"],
          ["ok", "stub domain"],
        ],
      );
      // Of the requests that go on meanwhile, not each window has one.
      await until("the third party's own 503", async () => {
        const one = (await (await fetch(`${url}upstream?name=api.example.test`)).json()) as {
          statuses: { status: string }[];
        };
        return one.statuses.some(({ status }) => status === "503");
      });
      const { chain } = (await (await fetch(`${url}certificates?name=api.example.test`)).json()) as {
        chain: CertificateChain;
      };
      assert.equal(chain.host, "api.example.test");
      const [own] = chain.certificates;
      assert.ok(
        Date.parse(own!.from!) < Date.now() && Date.parse(own!.until!) > Date.now(),
        JSON.stringify(own),
      );

      await deploy(
        { ...upstream, allow: [{ paths: ["/bytes/*", "/denied"] }] },
        { host: "new.example.test" },
      );
      await until("the changed policy shows, in third parties and denials", async () => {
        const { upstreams, denials } = await state();
        const isListed = upstreams.some(({ name }) => name === "new.example.test");
        return isListed && denials.some(({ isAllowed }) => isAllowed === true);
      });
    } finally {
      stop();
    }
  });

  it("names the right that is missing", async () => {
    await apply(cluster, [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "oncall" } },
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "oncall", namespace: "oncall" } },
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name: "oncall", namespace: "egress" },
        rules: [
          { apiGroups: ["apps"], resources: ["deployments"], verbs: ["list"] },
          { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
        ],
      },
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata: { name: "oncall", namespace: "egress" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "oncall" },
        subjects: [{ kind: "ServiceAccount", name: "oncall", namespace: "oncall" }],
      },
    ]);
    const token = (await kubectl(cluster, ["create", "token", "oncall", "-n", "oncall"])).trim();
    const config = JSON.parse(
      await kubectl(cluster, ["config", "view", "--raw", "--minify", "-o", "json"]),
    ) as { users: { name: string }[] };
    const file = join(temporary, "kubeconfig");
    const users = config.users.map(({ name }) => ({ name, user: { token } }));
    writeFileSync(file, JSON.stringify({ ...config, users }));
    const { status, out } = await runCli(["check", "-n", "egress", "--kubeconfig", file], { KUBECONFIG: "" });
    assert.equal(status, 1, out);
    assert.match(out, /✗ rights to grant .*you don't hold: get, patch configmaps coredns in kube-system; /);
    assert.match(
      out,
      /→ ask for these, or for escalate, bind roles\.rbac\.authorization\.k8s\.io in kube-system/,
    );
    for (const [command, right] of [
      ["stat", 'verbs "get" and "create" on "pods/portforward"'],
      ["top", 'verb "get" on "pods/log"'],
      ["tap", 'verb "get" on "pods/log"'],
    ] as const) {
      const { status, err } = await runCli([command, "-n", "egress", "--kubeconfig", file], {
        KUBECONFIG: "",
      });
      assert.equal(status, 2, err);
      assert.ok(err.includes(`A right is missing: ${right} in namespace egress.`), err);
    }
  });
});
