import { MeshMode } from "../../args/mesh";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Context, labels, selector } from "../context";

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
