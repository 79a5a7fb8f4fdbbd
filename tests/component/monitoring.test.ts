import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EgressProxyArgs, Monitoring } from "../../index";
import { EgressProxy } from "../../index";
import { ALERTS } from "../../component/monitoring/rules";
import { runProgram } from "../harness/monitor";

interface Inputs {
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    labels: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: {
    jobLabel: string;
    selector: { matchLabels: Record<string, string> };
    namespaceSelector?: { matchNames: string[] };
    podMetricsEndpoints: { port: string }[];
    groups: { rules: { alert?: string }[] }[];
    template?: {
      spec: { containers: { ports: { name: string }[] }[] };
      metadata: { labels: Record<string, string> };
    };
  };
  data?: Record<string, string>;
}

async function program(monitoring?: Monitoring, more: Partial<EgressProxyArgs> = {}): Promise<Inputs[]> {
  const image = `registry.example.com/egress@sha256:${"a".repeat(64)}`;
  const { resources } = await runProgram(
    () =>
      new EgressProxy("egress", {
        upstreams: [{ host: "api.stripe.com" }],
        image,
        ...(monitoring && { monitoring }),
        ...more,
      }),
  );
  return resources.filter(({ custom }) => custom).map(({ inputs }) => inputs as unknown as Inputs);
}

const ofKind = (all: Inputs[], kind: string): Inputs[] => all.filter((one) => one.kind === kind);

describe("monitoring", () => {
  it("creates nothing by default", async () => {
    const kinds = new Set((await program()).map(({ kind }) => kind));
    assert.ok(!kinds.has("PodMonitor") && !kinds.has("PrometheusRule"));
  });

  it("podMonitors select each part's pods by a port that they have", async () => {
    const all = await program({ podMonitors: { labels: { release: "prometheus" } } });
    const monitors = ofKind(all, "PodMonitor");
    assert.equal(monitors.length, 3);
    for (const { metadata, spec } of monitors) {
      assert.equal(metadata.labels.release, "prometheus");
      assert.equal(spec.jobLabel, "app.kubernetes.io/name");
      const wanted = Object.entries(spec.selector.matchLabels);
      const pods = all.filter(({ kind, spec: one }) => {
        const labels = kind === "Deployment" ? one.template?.metadata.labels : undefined;
        return labels !== undefined && wanted.every(([key, value]) => labels[key] === value);
      });
      assert.equal(pods.length, 1, metadata.name);
      const namespace = spec.namespaceSelector?.matchNames[0] ?? metadata.namespace;
      assert.equal(pods[0]!.metadata.namespace, namespace);
      const ports = pods[0]!.spec.template!.spec.containers[0]!.ports.map(({ name }) => name);
      assert.ok(ports.includes(spec.podMetricsEndpoints[0]!.port), metadata.name);
    }
    const none = await program({ podMonitors: {} }, { dns: { mode: "none" } });
    assert.equal(ofKind(none, "PodMonitor").length, 1);
  });

  it("prometheusRules has every alert", async () => {
    const [rule] = ofKind(await program({ prometheusRules: {} }), "PrometheusRule");
    const names = rule!.spec.groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []));
    assert.deepEqual(
      names,
      ALERTS.map(({ alert }) => alert),
    );
  });

  it("grafanaDashboards is a ConfigMap for the sidecar", async () => {
    const find = async (monitoring: Monitoring) =>
      (await program(monitoring)).find(({ metadata }) => metadata.name === "egress-dashboards")!;
    const { metadata, data } = await find({ grafanaDashboards: {} });
    assert.equal(metadata.labels.grafana_dashboard, "1");
    assert.equal(metadata.annotations, undefined);
    const titles = Object.values(data!).map((text) => (JSON.parse(text) as { title: string }).title);
    assert.deepEqual(titles.sort(), ["Egress / Health", "Egress / Third parties"]);
    const own = await find({ grafanaDashboards: { folder: "Egress", labels: { dashboards: "yes" } } });
    assert.equal(own.metadata.labels.dashboards, "yes");
    assert.equal(own.metadata.labels.grafana_dashboard, undefined);
    assert.deepEqual(own.metadata.annotations, { grafana_folder: "Egress" });
  });
});
