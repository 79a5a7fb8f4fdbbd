import { MeshMode } from "../../args/mesh";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Context, labels, selector } from "../context";
import { createSidecarMetrics } from "./sidecar-metrics";

/**
 * Makes clients' identities trustworthy: the sidecar parses all connections as HTTP/1, and so replaces the client's
 * `l5d-client-id` by its own. Without a Server, a client that pauses within its request line is passed on as opaque
 * TCP, and its forged header with it (seen within 5 ms).
 *
 * Together with `default-inbound-policy: deny` on the pods, no client gets in while a sidecar does not know the Server.
 */
export function createMeshPolicy(
  context: Context,
  namespace: pulumi.Input<string>,
  dataPort: number,
): pulumi.Resource[] {
  const { name, names, settings, parent } = context;
  if (settings.mesh === MeshMode.None) return [];
  return [
    ...createSidecarMetrics(context, namespace),
    ...(settings.egressNetwork ? [createEgressNetwork(context, namespace)] : []),
    new k8s.apiextensions.CustomResource(
      `${name}-proxy-server`,
      {
        apiVersion: "policy.linkerd.io/v1beta3",
        kind: "Server",
        metadata: { name: names.proxy, namespace, labels: labels(context, "egress-proxy") },
        spec: {
          podSelector: { matchLabels: selector(context, "egress-proxy") },
          port: dataPort,
          proxyProtocol: "HTTP/1",
          // The policy decides which of them may call what.
          accessPolicy: settings.mesh === MeshMode.Required ? "all-authenticated" : "all-unauthenticated",
        },
      },
      { parent },
    ),
  ];
}

/**
 * Lets the proxy out. A namespace with an EgressNetwork of its own ignores the global one, whose `Deny` would block the
 * proxy. The NetworkPolicy limits what it can reach.
 */
function createEgressNetwork(context: Context, namespace: pulumi.Input<string>): pulumi.Resource {
  const { name, names, parent } = context;
  return new k8s.apiextensions.CustomResource(
    `${name}-proxy`,
    {
      apiVersion: "policy.linkerd.io/v1alpha1",
      kind: "EgressNetwork",
      metadata: { name: names.proxy, namespace, labels: labels(context, "egress-proxy") },
      spec: { trafficPolicy: "Allow" },
    },
    { parent },
  );
}
