import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { EgressProxy } from "../../index";
import { runCli } from "../cli/run-cli";
import { apply, type Cluster, kubectl } from "../cluster";
import { sharedCluster } from "../cluster/shared";
import { kubectlFor } from "../harness/kubernetes";
import { Stack } from "../harness/stack";

const URL = "https://api.example.test/v1/charges";

describe("k8s-egress can-i on a real cluster", { timeout: 600_000 }, () => {
  const shared = sharedCluster();
  const temporary = mkdtempSync(join(tmpdir(), "k8s-egress-can-i-"));
  let cluster: Cluster;
  let stack: Stack;

  before(() => {
    cluster = shared();
    const kube = kubectlFor(cluster.kubectl, cluster.kubeconfig);
    stack = new Stack({ kubectl: kube, dockerHost: cluster.dockerHost });
  });
  after(async () => {
    rmSync(temporary, { recursive: true });
    await stack.destroy();
    await kubectl(cluster, ["delete", "namespace", "nobody", "--ignore-not-found", "--timeout=120s"]);
  });

  const up = (...namespaces: string[]) =>
    stack.up(() => {
      for (const namespace of namespaces) {
        new EgressProxy(namespace, {
          namespace,
          domain: `${namespace}.local`,
          upstreams: [{ host: "api.example.test", allow: [{ methods: ["POST"], paths: ["/v1/charges"] }] }],
          build: { repository: `${cluster.registry}/k8s-egress`, baseImage: cluster.images.node },
          mesh: { mode: "none" },
          dns: { mode: "none" },
          drain: "1s",
        });
      }
    });
  const canI = (...argv: string[]) =>
    runCli(["can-i", "--kubeconfig", cluster.kubeconfig, ...argv], { KUBECONFIG: "" });

  it("says that there is none", async () => {
    const { status, err } = await canI("GET", URL);
    assert.equal(status, 2);
    assert.match(err, /^k8s-egress: There is no EgressProxy in this cluster: /);
  });

  it("decides by the policy that the pods obey", async () => {
    await up("egress");
    const yes = await canI("POST", URL);
    assert.equal(yes.status, 0, yes.err);
    assert.match(yes.out, /^yes: .*\n.*api\.example\.test\n {2}rule +allow\[0\]/);
    const no = await canI("GET", URL, "-n", "egress", "--name", "egress");
    assert.equal(no.status, 1, no.err);
    assert.match(no.out, /^no: .*add +to the `allow` of api\.example\.test: \{ methods: \["GET"\]/s);
    const other = await canI("GET", URL, "--name", "other");
    assert.equal(other.status, 2);
    assert.match(other.err, /There is no EgressProxy "other" in this cluster; there are egress\/egress\./);
  });

  it("names the right that is missing", async () => {
    await apply(cluster, [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "nobody" } },
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "nobody", namespace: "nobody" } },
    ]);
    const token = (await kubectl(cluster, ["create", "token", "nobody", "-n", "nobody"])).trim();
    const config = await kubectl(cluster, ["config", "view", "--raw", "--minify", "-o", "json"]);
    const file = join(temporary, "kubeconfig");
    const users = (JSON.parse(config) as { users: { name: string }[] }).users.map(({ name }) => ({
      name,
      user: { token },
    }));
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(config) as object), users }));
    const { status, err } = await canI("GET", URL, "-n", "egress", `--kubeconfig=${file}`);
    assert.equal(status, 2);
    assert.match(err, /A right is missing: verb "list" on "deployments\.apps" in namespace egress\./);
  });

  it("asks which one, if there are several", async () => {
    await up("egress", "other");
    const { status, err } = await canI("POST", URL);
    assert.equal(status, 2);
    assert.match(
      err,
      /There are several EgressProxy in this cluster \(egress\/egress, other\/other\): choose one/,
    );
    assert.equal((await canI("POST", URL, "-n", "other")).status, 0);
  });
});
