import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { DnsMode } from "../args/dns";
import type { GrafanaDashboards, OperatorObjects } from "../args/monitoring";
import { RULE_GROUPS } from "../monitoring/rules";
import { packageRoot } from "../package";
import { type Context, type Part, labels, selector } from "./context";

const API_VERSION = "monitoring.coreos.com/v1";
/** The default of the dashboards' sidecar in Grafana's chart. */
const SIDECAR_LABELS = { grafana_dashboard: "1" };
const DASHBOARDS = ["third-parties.json", "egress-health.json"];

/** Creates what `monitoring` asks for. Everything is in the proxy's namespace. */
export function createMonitoring(context: Context, namespace: pulumi.Input<string>): void {
  const { podMonitors, prometheusRules, grafanaDashboards } = context.args.monitoring ?? {};
  if (podMonitors) createPodMonitors(context, namespace, podMonitors);
  if (prometheusRules) createRules(context, namespace, prometheusRules);
  if (grafanaDashboards) createDashboards(context, namespace, grafanaDashboards);
}

function createPodMonitors(
  context: Context,
  namespace: pulumi.Input<string>,
  objects: OperatorObjects,
): void {
  const { dns, controllerNamespace } = context.settings;
  const { names } = context;
  podMonitor(context, namespace, objects, { part: "egress-proxy", name: names.proxy, port: "admin" });
  if (dns !== DnsMode.None) {
    podMonitor(context, namespace, objects, { part: "egress-dns", name: names.dns, port: "metrics" });
  }
  if (dns === DnsMode.StubDomain) {
    podMonitor(context, namespace, objects, {
      part: "egress-stub-domain",
      name: names.stubDomain,
      port: "admin",
      pods: controllerNamespace ?? names.stubDomain,
    });
  }
}

interface Monitored {
  readonly part: Part;
  readonly name: string;
  readonly port: string;
  /** The pods' namespace, if it is another one. */
  readonly pods?: string;
}

function podMonitor(
  context: Context,
  namespace: pulumi.Input<string>,
  objects: OperatorObjects,
  { part, name, port, pods }: Monitored,
): void {
  new k8s.apiextensions.CustomResource(
    `${context.name}-${part}-monitor`,
    {
      apiVersion: API_VERSION,
      kind: "PodMonitor",
      metadata: {
        name,
        namespace,
        labels: withLabels(labels(context, part), objects.labels),
      },
      spec: {
        // The alerts' and dashboards' `job`.
        jobLabel: "app.kubernetes.io/name",
        selector: { matchLabels: selector(context, part) },
        ...(pods !== undefined && { namespaceSelector: { matchNames: [pods] } }),
        podMetricsEndpoints: [{ port }],
      },
    },
    { parent: context.parent },
  );
}

function createRules(context: Context, namespace: pulumi.Input<string>, objects: OperatorObjects): void {
  new k8s.apiextensions.CustomResource(
    `${context.name}-rules`,
    {
      apiVersion: API_VERSION,
      kind: "PrometheusRule",
      metadata: {
        name: context.names.rules,
        namespace,
        labels: withLabels(labels(context, "egress-proxy"), objects.labels),
      },
      spec: { groups: RULE_GROUPS },
    },
    { parent: context.parent },
  );
}

function createDashboards(
  context: Context,
  namespace: pulumi.Input<string>,
  { folder, labels: own = SIDECAR_LABELS }: GrafanaDashboards,
): void {
  const read = (file: string): string => readFileSync(join(packageRoot(), "monitoring", file), "utf8");
  new k8s.core.v1.ConfigMap(
    `${context.name}-dashboards`,
    {
      metadata: {
        name: context.names.dashboards,
        namespace,
        labels: withLabels(labels(context, "egress-proxy"), own),
        ...(folder !== undefined && { annotations: { grafana_folder: folder } }),
      },
      data: Object.fromEntries(DASHBOARDS.map((file) => [`k8s-egress-${file}`, read(file)])),
    },
    { parent: context.parent },
  );
}

function withLabels(
  ours: pulumi.Input<Record<string, pulumi.Input<string>>>,
  theirs: Record<string, string> = {},
): pulumi.Input<Record<string, pulumi.Input<string>>> {
  return pulumi.output(ours).apply((all) => ({ ...theirs, ...all }));
}
