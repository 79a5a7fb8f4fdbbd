import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { EgressProxy } from "../../index";
import { apply, type Cluster, forgetSeen, seenByThirdParties } from "../cluster";
import { buildImage } from "../cluster/images/image";
import { push, reference } from "../cluster/images/push";
import { staticImage } from "../cluster/images/static-image";
import { sharedCluster } from "../cluster/shared";
import { type Kubectl, kubectlFor } from "../harness/kubernetes";
import { Stack } from "../harness/stack";
import { type Line, type ReceivedSpan, receiverProgram, spansOf } from "../traces/support/receiver";
import { type AppPod, startAppPod } from "./support/pod";
import { until } from "./support/wait";

const NAMESPACE = "observability";
const PORT = 4318;
const URL = "http://api.example.test.egress.local/v1/charges";
const SERVER = 2;
const CLIENT = 3;

const OPTIONS = { timeout: 600_000 };

describe("traces of an EgressProxy in a cluster that enforces NetworkPolicies", OPTIONS, () => {
  const shared = sharedCluster();
  let cluster: Cluster;
  let kubectl: Kubectl;
  let stack: Stack;
  let app: AppPod;

  before(async () => {
    cluster = shared();
    kubectl = kubectlFor(cluster.kubectl, cluster.kubeconfig);
    await startReceiver();
    app = await startAppPod(cluster);
    stack = new Stack({ kubectl, dockerHost: cluster.dockerHost });
    await stack.up(() => {
      new EgressProxy("egress", {
        upstreams: [
          {
            host: "api.example.test",
            tls: { caCertificates: cluster.thirdPartyCa },
            allowedCidrs: [...cluster.thirdPartyCidrs],
          },
        ],
        build: { repository: `${cluster.registry}/k8s-egress`, baseImage: cluster.images.node },
        mesh: { mode: "none" },
        drain: "5s",
        dns: { image: cluster.images.coredns },
        tracing: { endpoint: `http://otlp.${NAMESPACE}.svc:${PORT}`, sampleRatio: 0 },
      });
    });
  });
  after(async () => {
    await stack.destroy();
    await app.delete();
    await kubectl(["delete", "namespace", NAMESPACE, "--ignore-not-found"]);
  });

  /** The OpenTelemetry Collector's receiver, as a pod behind a Service. */
  async function startReceiver(): Promise<void> {
    const program = await receiverProgram();
    const image = await buildImage(staticImage("otlp-receiver", program), () => undefined);
    await push(image, cluster.registryUrl);
    const labels = { app: "otlp" };
    const container = { name: "otlp", image: reference(image), args: [`:${PORT}`] };
    const metadata = { name: "otlp", namespace: NAMESPACE, labels };
    await apply(cluster, [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
      { apiVersion: "v1", kind: "Service", metadata, spec: { selector: labels, ports: [{ port: PORT }] } },
      { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [container] } },
    ]);
    await kubectl(["wait", "--for=condition=Ready", "pod/otlp", "-n", NAMESPACE, "--timeout=60s"]);
  }

  async function spans(): Promise<ReceivedSpan[]> {
    const lines = (await kubectl(["logs", "-n", NAMESPACE, "otlp"])).split("\n");
    return lines.filter((line) => line !== "").flatMap((line) => spansOf(JSON.parse(line) as Line));
  }

  it("reach the receiver's Service: the client's span, the request's, and the third party's below it", async () => {
    await forgetSeen(cluster);
    const [traceId, parent] = [randomBytes(16).toString("hex"), randomBytes(8).toString("hex")];
    assert.equal((await app.request(URL)).status, 200);
    const traceparent = `00-${traceId}-${parent}-01`;
    assert.equal((await app.request(URL, { headers: { traceparent } })).status, 200);
    await until("the spans", async () => (await spans()).length > 1);
    const sorted = (await spans()).sort((one, other) => one.kind - other.kind);
    const [server, client, ...others] = sorted as [ReceivedSpan, ReceivedSpan];
    assert.deepEqual([server.kind, client.kind, others], [SERVER, CLIENT, []], "of the traced request only");
    assert.deepEqual([server.traceId, server.parentSpanId], [traceId, parent]);
    assert.deepEqual([client.traceId, client.parentSpanId], [traceId, server.spanId]);
    assert.equal(server.attributes["url.path"], "/v1/charges");
    assert.equal(client.attributes["http.response.status_code"], 200);
    assert.equal(client.resource["k8s.namespace.name"], "egress");
  });

  it("stay in the cluster", async () => {
    const seen = await seenByThirdParties(cluster);
    assert.equal(seen.length, 2);
    assert.ok(seen.every(({ headers }) => headers.traceparent === undefined));
  });
});
