import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { EgressProxy, type Upstream } from "../../index";
import { ALERTS } from "../../component/monitoring/rules";
import { monitoringFiles } from "../../monitoring/source/files";
import { type ClientPod, type Cluster, kubectl, runInPod, startClientPod } from "../cluster";
import { run } from "../cluster/programs/run";
import { sharedCluster } from "../cluster/shared";
import { kubectlFor } from "../harness/kubernetes";
import { Stack } from "../harness/stack";
import { promtoolTests } from "../monitoring/scenarios";
import { until } from "./support/wait";
import { type Prometheus, promtool, RULES, startPrometheus } from "./support/prometheus";

describe("alerts", { timeout: 900_000 }, () => {
  const temporary = mkdtempSync(join(tmpdir(), "k8s-egress-rules-"));
  after(() => rmSync(temporary, { recursive: true }));

  it("are rules as promtool checks them", async () => {
    const { stdout } = await run(await promtool(), ["check", "rules", RULES]);
    assert.match(stdout, /SUCCESS: 14 rules found/);
  });

  it(`fire in their scenarios, and not in quiet ones: ${ALERTS.length} of each`, async () => {
    const file = join(temporary, "tests.json");
    writeFileSync(file, JSON.stringify(promtoolTests(RULES)));
    await run(await promtool(), ["test", "rules", file]);
  });
});

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

/** Queries as Grafana sends them with everything selected. */
function* queries(): Generator<[name: string, expr: string]> {
  for (const [file, text] of Object.entries(monitoringFiles())) {
    if (!file.endsWith(".json")) continue;
    for (const { title, targets = [] } of (JSON.parse(text) as { panels: Panel[] }).panels) {
      for (const { expr } of targets) {
        yield [
          `${file}: ${title}: ${expr}`,
          expr.replaceAll("$__rate_interval", "30s").replaceAll(/\$[a-z]+/g, ".*"),
        ];
      }
    }
  }
}

/** For some seconds: successes, a third party's 503, denials, more than a rate limit allows, a closed port. */
const LOAD = `
  const end = Date.now() + 45_000;
  const get = (host, path = "/") =>
    fetch("http://" + host + ".egress.local" + path).then((r) => r.text(), () => undefined);
  while (Date.now() < end) {
    await Promise.all([
      get("api.example.test", "/bytes/10000"), get("api.example.test", "/status/503"),
      get("second.example.test"), get("closed.example.test"), get("api.example.test", "/denied"),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }`;

describe("dashboards and alerts in a real Prometheus", { timeout: 900_000 }, () => {
  const shared = sharedCluster();
  let cluster: Cluster;
  let stack: Stack;
  let app: ClientPod;
  let prometheus: Prometheus | undefined;

  before(async () => {
    cluster = shared();
    const kube = kubectlFor(cluster.kubectl, cluster.kubeconfig);
    stack = new Stack({ kubectl: kube, dockerHost: cluster.dockerHost });
    const upstream = (host: string, more: Partial<Upstream>): Upstream => ({
      host,
      tls: { caCertificates: cluster.thirdPartyCa },
      allowedCidrs: ["198.51.100.0/24"],
      ...more,
    });
    await stack.up(() => {
      new EgressProxy("egress", {
        upstreams: [
          upstream("api.example.test", { allow: [{ paths: ["/bytes/*", "/status/*"] }] }),
          upstream("second.example.test", { rateLimit: { requests: 1, period: "1h" } }),
          upstream("closed.example.test", { circuitBreaker: { failures: 1, reset: "1h" } }),
        ],
        build: { repository: `${cluster.registry}/k8s-egress`, baseImage: cluster.images.node },
        mesh: { mode: "none" },
        dns: { image: cluster.images.coredns },
        drain: "1s",
      });
    });
    app = await startClientPod(cluster, { namespace: "shop", name: "app" });
    prometheus = await startPrometheus(cluster);
    await runInPod(cluster, app, LOAD);
  });
  after(async () => {
    await prometheus?.stop();
    await stack.destroy();
    await kubectl(cluster, ["delete", "namespace", "shop", "--ignore-not-found", "--timeout=120s"]);
  });

  for (const [name, expr] of queries()) {
    it(name, async () => {
      const samples = await prometheus!.query(expr);
      const numbers = samples.filter(({ value }) => Number.isFinite(Number(value[1])));
      assert.ok(numbers.length > 0, `no number for ${expr}: ${JSON.stringify(samples)}`);
    });
  }

  it("an open circuit breaker fires its alert, and no alert about pods fires", async () => {
    await until("EgressCircuitBreakerOpen", async () =>
      (await prometheus!.firing()).includes("EgressCircuitBreakerOpen"),
    );
    const unexpected = ["EgressScrapeFails", "EgressMemoryNearLimit", "EgressStubDomainNotServed"];
    const firing = await prometheus!.firing();
    assert.deepEqual(
      unexpected.filter((name) => firing.includes(name)),
      [],
    );
  });
});
