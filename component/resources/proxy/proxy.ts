import { MeshMode } from "../../args/mesh";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { sha256, shortHash } from "../../names";
import { policyFiles, policyText } from "../../../proxy-image/src/contract/policy/files";
import { compilePolicy } from "../../policy";
import { type Context, labels, selector } from "../context";
import { CREDENTIALS_FOLDER, credentialsVolume } from "./credentials";
import { createMeshPolicy } from "./mesh-policy";
import { createProxyPods } from "./pods";
import { ROLLOUT, probes, quantities, restrictedPod, scheduling, spread } from "../pod";
import { sidecarAdminPort, sidecarAnnotations } from "./sidecar";
import { createSidecarAdmission, explainMissingPods } from "./sidecar-admission";

/** Port for applications. */
export const DATA_PORT = 8080;
/** Port for probes and metrics. */
export const ADMIN_PORT = 9090;

/**
 * Seconds for kube-proxy and sidecars to stop sending to a terminating pod: without it 3 of 20,000 requests were lost.
 */
const PRE_STOP = 5;
/** Seconds for the process to exit after its drain. */
const EXIT_MARGIN = 5;

const DEFAULT_RESOURCES = {
  requests: { cpu: "100m", memory: "128Mi" },
  limits: { cpu: "1", memory: "384Mi" },
};

const POLICY_FOLDER = "/etc/k8s-egress";

/** The policy and the proxy's pods. Ready when the new policy is in force on every pod. */
export function createProxy(
  context: Context,
  namespace: pulumi.Input<string>,
  image: pulumi.Input<string>,
): k8s.apps.v1.Deployment {
  const { name, names, settings, args, parent } = context;
  const compiled = compilePolicy(settings);
  const text = policyText(compiled);
  const policy = new k8s.core.v1.ConfigMap(
    `${name}-policy`,
    {
      // Named by its content: the new one is created before pods are replaced, and the old one is deleted last.
      metadata: {
        name: `${names.policy}-${shortHash(text)}`,
        namespace,
        labels: labels(context, "egress-proxy"),
      },
      immutable: true,
      data: policyFiles(compiled),
    },
    { parent },
  );
  const account = new k8s.core.v1.ServiceAccount(
    `${name}-proxy`,
    {
      metadata: { name: names.proxy, namespace, labels: labels(context, "egress-proxy") },
      automountServiceAccountToken: false,
    },
    { parent },
  );
  new k8s.policy.v1.PodDisruptionBudget(
    `${name}-proxy`,
    {
      metadata: { name: names.proxy, namespace, labels: labels(context, "egress-proxy") },
      spec: {
        maxUnavailable: 1,
        // Pods that never became ready must not block a node's drain.
        unhealthyPodEvictionPolicy: "AlwaysAllow",
        selector: { matchLabels: selector(context, "egress-proxy") },
      },
    },
    { parent },
  );
  const credentials = credentialsVolume(context, namespace);
  const pods = createProxyPods(context, namespace);
  const before = [
    ...createMeshPolicy(context, namespace, DATA_PORT, policy),
    ...createSidecarAdmission(context),
  ];
  const deployment = new k8s.apps.v1.Deployment(
    `${name}-proxy`,
    {
      metadata: { name: names.proxy, namespace, labels: labels(context, "egress-proxy") },
      spec: {
        replicas: args.replicas ?? 2,
        selector: { matchLabels: selector(context, "egress-proxy") },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: { labels: labels(context, "egress-proxy"), annotations: podAnnotations(context) },
          spec: restrictedPod(
            {
              ...scheduling(args),
              serviceAccountName: account.metadata.name,
              topologySpreadConstraints: spread(selector(context, "egress-proxy")),
              terminationGracePeriodSeconds: PRE_STOP + settings.drain + EXIT_MARGIN,
              volumes: [{ name: "policy", configMap: { name: policy.metadata.name } }, ...credentials],
            },
            {
              name: "proxy",
              image,
              args: [
                "/app/proxy.js",
                `--policy=${POLICY_FOLDER}`,
                `--policy-sha256=${sha256(text)}`,
                `--mesh=${settings.mesh}`,
                ...(settings.mesh === MeshMode.None
                  ? []
                  : [pulumi.interpolate`--sidecar-port=${sidecarAdminPort(context)}`]),
                `--port=${DATA_PORT}`,
                `--admin-port=${ADMIN_PORT}`,
                `--drain=${settings.drain}s`,
                `--log-level=${settings.logLevel}`,
                `--log-percent=${settings.logPercent}`,
                ...(credentials.length > 0 ? [`--credentials=${CREDENTIALS_FOLDER}`] : []),
                ...(pods === undefined ? [] : [`--own-service=${pods}`]),
              ],
              ports: [
                { name: "http", containerPort: DATA_PORT },
                { name: "admin", containerPort: ADMIN_PORT },
              ],
              resources: quantities(args.resources, DEFAULT_RESOURCES),
              ...probes({ path: "/ready", port: "admin" }, { path: "/live", port: "admin" }),
              lifecycle: { preStop: { sleep: { seconds: PRE_STOP } } },
              volumeMounts: [
                { name: "policy", mountPath: POLICY_FOLDER, readOnly: true },
                ...credentials.map((volume) => ({
                  name: volume.name,
                  mountPath: CREDENTIALS_FOLDER,
                  readOnly: true,
                })),
              ],
            },
          ),
        },
      },
    },
    { parent, dependsOn: before, customTimeouts: ROLLOUT },
  );
  explainMissingPods(context, before, deployment);
  return deployment;
}

function podAnnotations(context: Context): pulumi.Input<Record<string, string>> {
  const shutdown = PRE_STOP + context.settings.drain;
  const ours = sidecarAnnotations(context, { adminPort: ADMIN_PORT, shutdown });
  return pulumi
    .all([context.args.podAnnotations ?? {}, ours])
    .apply(([theirs, own]) => ({ ...theirs, ...own }));
}
