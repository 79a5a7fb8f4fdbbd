import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { EgressProxy, type EgressProxyArgs, type Upstream } from "../../index";
import type { Cluster } from "../cluster";
import { sharedCluster } from "../cluster/shared";
import { type Kubectl, kubectlFor } from "../harness/kubernetes";
import { Stack } from "../harness/stack";
import { identityOf } from "../mesh/clients";
import { installGatewayCrds, removeGatewayCrds } from "./support/gateway-crds";
import { installLinkerdCrds, removeLinkerdCrds } from "./support/linkerd-crds";
import { type AppPod, startAppPod } from "./support/pod";

interface Route {
  metadata: { name: string; annotations?: Record<string, string> };
  spec: { parentRefs: object[]; rules: { matches: { method?: string; path: { value: string } }[] }[] };
}

describe("an EgressProxy's mesh on a real API server", { timeout: 600_000 }, () => {
  const shared = sharedCluster();
  let cluster: Cluster;
  let kubectl: Kubectl;
  let stack: Stack;
  let app: AppPod;

  before(async () => {
    cluster = shared();
    kubectl = kubectlFor(cluster.kubectl, cluster.kubeconfig);
    stack = new Stack({ kubectl, dockerHost: cluster.dockerHost }, "k8s-egress-linkerd");
    await Promise.all([installLinkerdCrds(cluster), installGatewayCrds(cluster)]);
    app = await startAppPod(cluster, "reports");
  });
  after(async () => {
    await stack.destroy();
    await app.delete();
    await Promise.all([removeLinkerdCrds(cluster), removeGatewayCrds(cluster)]);
  });

  const build = () => ({
    repository: `${cluster.registry}/k8s-egress-mesh`,
    baseImage: cluster.images.node,
  });
  const up = (upstreams: Upstream[], more: Partial<EgressProxyArgs> = {}) =>
    stack.up(() => {
      const dns = { mode: "none" as const };
      const mesh = { mode: "optional" as const };
      new EgressProxy("egress", { upstreams, build: build(), dns, mesh, drain: "5s", ...more });
    });
  const get = async <T>(kind: string): Promise<T[]> => {
    const text = await kubectl(["get", kind, "-n", "egress", "-o", "json"]);
    return (JSON.parse(text) as { items: T[] }).items;
  };
  const upstream = (host: string, more: Partial<Upstream> = {}): Upstream => ({
    host,
    tls: { caCertificates: cluster.thirdPartyCa },
    allowedCidrs: ["198.51.100.0/24"],
    ...more,
  });

  it('"optional" serves without a sidecar, and believes no pod that it is somebody', async () => {
    await up([
      upstream("api.example.test", { mesh: { retries: { statuses: ["502", "504"] } } }),
      upstream("second.example.test", { allow: [{ clients: [{ namespace: "reports" }] }] }),
    ]);
    const headers = { "l5d-client-id": identityOf("reports/default") };
    const open = await app.request("http://api-example-test.egress/", { headers });
    assert.equal(open.status, 200, open.body);
    const keyed = await app.request("http://second-example-test.egress/", { headers });
    assert.equal(keyed.status, 403);
    assert.match(keyed.body!, /#client-unknown/);
  });

  it("the API server takes the Server as Linkerd's schema has it", async () => {
    const [server, ...others] = await get<{ spec: Record<string, unknown> }>("servers.policy.linkerd.io");
    assert.deepEqual(others, []);
    assert.deepEqual(server!.spec, {
      accessPolicy: "all-unauthenticated",
      podSelector: {
        matchLabels: { "app.kubernetes.io/instance": "egress", "app.kubernetes.io/name": "egress-proxy" },
      },
      port: 8080,
      proxyProtocol: "HTTP/1",
    });
  });

  it("and the HTTPRoutes as the Gateway API's has them: GET and HEAD repeated, all else there", async () => {
    const routes = await get<Route>("httproutes.gateway.networking.k8s.io");
    const shown = routes.map(({ metadata, spec }) => [
      metadata.name,
      metadata.annotations?.["retry.linkerd.io/http"],
      spec.rules.flatMap(({ matches }) =>
        matches.map(({ method, path }) => `${method ?? "*"} ${path.value}`),
      ),
    ]);
    assert.deepEqual(shown, [
      ["api-example-test-other", undefined, ["* /"]],
      ["api-example-test-retried", "502,504", ["GET /", "HEAD /"]],
    ]);
    for (const { spec } of routes)
      assert.deepEqual(spec.parentRefs, [{ group: "", kind: "Service", name: "api-example-test", port: 80 }]);
  });

  it("routes go with the retries, and Linkerd's annotations with what they say", async () => {
    const { changes } = await up([
      upstream("api.example.test", { mesh: { timeouts: { idle: "30s" } } }),
      upstream("second.example.test"),
    ]);
    const routes = changes.deleted.filter((key) => key.startsWith("HTTPRoute"));
    assert.deepEqual(routes, [
      "HTTPRoute egress/api-example-test-retried",
      "HTTPRoute egress/api-example-test-other",
    ]);
    const services = await get<Route>("services");
    const { annotations } = services.find(({ metadata }) => metadata.name === "api-example-test")!.metadata;
    assert.equal(annotations!["timeout.linkerd.io/idle"], "30s");
  });

  it("examples/linkerd deploys, and lets in whom it names", async () => {
    const { repository, baseImage } = build();
    const { result } = await stack.up(() => {
      for (const [key, value] of Object.entries({ repository, baseImage, mesh: "optional", dns: "none" }))
        pulumi.runtime.setConfig(`k8s-egress-linkerd:${key}`, value);
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- a program runs by being loaded
      return require("../../examples/linkerd/index") as { stripe: string };
    });
    assert.equal(result.stripe, "http://api-stripe-com.egress.svc.cluster.local");
    const { status, body } = await app.request(`${result.stripe}/v1/charges`, {
      headers: { "l5d-client-id": identityOf("reports/default") },
    });
    assert.equal(status, 403);
    assert.match(body!, /#client-unknown/);
  });
});
