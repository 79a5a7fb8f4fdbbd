import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { corefile, DNS_FOLDER, DNS_PORTS } from "../corefile";
import { shortHash } from "../names";
import { zoneText } from "../zone";
import { type Context, labels, selector } from "./context";
import { ipFamilyPolicy } from "./ip-families";
import { ROLLOUT, probes, quantities, restrictedPod, scheduling, spread } from "./pod";

/** CoreDNS 1.12.1. */
export const DEFAULT_IMAGE =
  "registry.k8s.io/coredns/coredns@sha256:e8c262566636e6bc340ece6473b0eed193cad045384401529721ddbe6463d31c";

const DEFAULT_RESOURCES = {
  requests: { cpu: "50m", memory: "32Mi" },
  limits: { cpu: "500m", memory: "128Mi" },
};

/** The DNS server of the egress domain. It is ready when every pod serves the new zone. */
export interface EgressDns {
  readonly service: k8s.core.v1.Service;
  readonly deployment: k8s.apps.v1.Deployment;
}

/**
 * Creates a CoreDNS that serves only the zone of the egress domain, and the addresses of the Services that its CNAMEs
 * name.
 */
export function createEgressDns(
  context: Context,
  namespace: pulumi.Input<string>,
  dependsOn: pulumi.Resource[],
): EgressDns {
  const { name, names, settings, args, parent } = context;
  const service = createService(context, namespace);
  const data = {
    // The upstreams' Services ask for the same families, so one shows them for all.
    Corefile: service.spec.ipFamilies.apply((families) => corefile(settings, families)),
    zone: zoneText(settings, names.dns),
  };
  const zone = new k8s.core.v1.ConfigMap(
    `${name}-zone`,
    {
      metadata: {
        name: pulumi.output(data).apply((texts) => `${names.zone}-${shortHash(JSON.stringify(texts))}`),
        namespace,
        labels: labels(context, "egress-dns"),
      },
      immutable: true,
      data,
    },
    // The proxy must admit a new upstream before its name resolves.
    { parent, dependsOn },
  );
  const account = new k8s.core.v1.ServiceAccount(
    `${name}-dns`,
    {
      metadata: { name: names.dns, namespace, labels: labels(context, "egress-dns") },
      automountServiceAccountToken: false,
    },
    { parent },
  );
  new k8s.policy.v1.PodDisruptionBudget(
    `${name}-dns`,
    {
      metadata: { name: names.dns, namespace, labels: labels(context, "egress-dns") },
      spec: {
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: "AlwaysAllow",
        selector: { matchLabels: selector(context, "egress-dns") },
      },
    },
    { parent },
  );
  const deployment = new k8s.apps.v1.Deployment(
    `${name}-dns`,
    {
      metadata: { name: names.dns, namespace, labels: labels(context, "egress-dns") },
      spec: {
        replicas: 2,
        selector: { matchLabels: selector(context, "egress-dns") },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: {
            labels: labels(context, "egress-dns"),
            // The cluster's DNS, which is outside the mesh, queries it.
            annotations: { "linkerd.io/inject": "disabled" },
          },
          spec: restrictedPod(
            {
              ...scheduling(args),
              serviceAccountName: account.metadata.name,
              topologySpreadConstraints: spread(selector(context, "egress-dns")),
              terminationGracePeriodSeconds: 30,
              volumes: [{ name: "zone", configMap: { name: zone.metadata.name } }],
            },
            {
              name: "coredns",
              image: args.dns?.image ?? DEFAULT_IMAGE,
              args: ["-conf", `${DNS_FOLDER}/Corefile`],
              ports: [
                { name: "dns", containerPort: DNS_PORTS.dns, protocol: "UDP" },
                { name: "dns-tcp", containerPort: DNS_PORTS.dns, protocol: "TCP" },
                { name: "health", containerPort: DNS_PORTS.health },
                { name: "ready", containerPort: DNS_PORTS.ready },
                { name: "metrics", containerPort: DNS_PORTS.metrics },
              ],
              resources: quantities(args.dns?.resources, DEFAULT_RESOURCES),
              ...probes({ path: "/ready", port: "ready" }, { path: "/health", port: "health" }),
              volumeMounts: [{ name: "zone", mountPath: DNS_FOLDER, readOnly: true }],
            },
            // Not for the port: the official image's binary has this file capability and can't be executed without it
            // (capabilities(7), "capability-dumb binaries").
            ["NET_BIND_SERVICE"],
          ),
        },
      },
    },
    { parent, customTimeouts: ROLLOUT },
  );
  return { service, deployment };
}

function createService(context: Context, namespace: pulumi.Input<string>): k8s.core.v1.Service {
  const { name, names, parent } = context;
  return new k8s.core.v1.Service(
    `${name}-dns`,
    {
      metadata: {
        name: names.dns,
        namespace,
        labels: labels(context, "egress-dns"),
        // The pods' Corefile depends on its addresses, so it can't wait for the pods. Waiting also took 10 s more.
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        type: "ClusterIP",
        ipFamilyPolicy: ipFamilyPolicy(context.settings),
        selector: selector(context, "egress-dns"),
        ports: [
          { name: "dns", port: 53, targetPort: "dns", protocol: "UDP" },
          { name: "dns-tcp", port: 53, targetPort: "dns-tcp", protocol: "TCP" },
        ],
      },
    },
    { parent },
  );
}
