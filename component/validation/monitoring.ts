import type { EgressProxyArgs } from "../args/egress-proxy";
import { MeshMode } from "../args/mesh";
import type { GrafanaDashboards, Monitoring, OperatorObjects } from "../args/monitoring";
import { checkBoolean, checkObject, isRecord, type Unchecked } from "./checks/checks";
import { checkNamespaceNames } from "./checks/lists";
import { isDeferred, type Problems, show } from "./checks/problems";

const EXAMPLE = `{ namespaces: ["monitoring"], podMonitors: {} }`;
const OPERATOR_KEYS: (keyof OperatorObjects)[] = ["labels"];
const GRAFANA_KEYS: (keyof GrafanaDashboards)[] = ["folder", "labels"];

/** Kubernetes' syntax: an optional prefix, which is a DNS name, and a name. */
const LABEL_KEY = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/;

/** Adds a problem for every error in `monitoring`. */
export function checkMonitoring(args: EgressProxyArgs, problems: Problems): void {
  const { monitoring: given } = args;
  if (given === undefined || isDeferred(given)) return;
  const keys: (keyof Monitoring)[] = [
    "namespaces",
    "meshed",
    "podMonitors",
    "prometheusRules",
    "grafanaDashboards",
  ];
  const monitoring = checkObject(given, "monitoring", keys, EXAMPLE, problems);
  if (!monitoring) return;
  const { podMonitors, prometheusRules, grafanaDashboards } = monitoring;
  checkReaders(args, monitoring, problems);
  checkObjects(
    podMonitors,
    "monitoring.podMonitors",
    OPERATOR_KEYS,
    `{ labels: { release: "prometheus" } }`,
    problems,
  );
  checkObjects(
    prometheusRules,
    "monitoring.prometheusRules",
    OPERATOR_KEYS,
    `{ labels: { release: "prometheus" } }`,
    problems,
  );
  checkObjects(
    grafanaDashboards,
    "monitoring.grafanaDashboards",
    GRAFANA_KEYS,
    `{ folder: "Egress" }`,
    problems,
  );
}

function checkReaders(
  { networkPolicies, mesh }: EgressProxyArgs,
  { namespaces, meshed }: Unchecked,
  problems: Problems,
): void {
  const unmeshed = mesh?.mode === MeshMode.None;
  if (namespaces !== undefined) {
    checkNamespaceNames(namespaces, "monitoring.namespaces", `["monitoring"]`, problems);
    if (unmeshed && networkPolicies?.enabled === false) {
      problems.add(
        "monitoring.namespaces",
        `means nothing while networkPolicies.enabled is false and mesh.mode is "none"; leave it out`,
      );
    }
  }
  checkBoolean(meshed, "monitoring.meshed", problems);
  if (unmeshed && meshed === true) {
    problems.add("monitoring.meshed", `means nothing while mesh.mode is "none"; leave it out`);
  } else if (meshed !== undefined && namespaces === undefined) {
    problems.add(
      "monitoring.meshed",
      "means nothing without monitoring.namespaces; name Prometheus' namespace there",
    );
  }
}

function checkObjects(
  value: unknown,
  path: string,
  keys: readonly string[],
  example: string,
  problems: Problems,
): void {
  if (value === undefined) return;
  const objects = checkObject(value, path, keys, example, problems);
  if (!objects) return;
  const { folder, labels } = objects;
  if (folder !== undefined && (typeof folder !== "string" || folder === "")) {
    problems.add(`${path}.folder`, `is ${show(folder)}; give a folder's name, such as "Egress"`);
  }
  if (labels !== undefined) checkLabels(labels, `${path}.labels`, problems);
}

function checkLabels(labels: unknown, path: string, problems: Problems): void {
  if (!isRecord(labels)) {
    problems.add(path, `is ${show(labels)}; give labels, such as { release: "prometheus" }`);
    return;
  }
  for (const [key, value] of Object.entries(labels)) {
    if (!LABEL_KEY.test(key))
      problems.add(`${path}.${key}`, 'is no label\'s name; use one such as "release"');
    if (typeof value !== "string" || !LABEL_VALUE.test(value)) {
      problems.add(
        `${path}.${key}`,
        `is ${show(value)}; give a label's value: at most 63 letters, digits, "-", "_" and ".", such as "prometheus"`,
      );
    }
  }
}
