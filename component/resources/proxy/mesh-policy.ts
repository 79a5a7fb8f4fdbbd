import { MeshMode } from "../../args/mesh";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Context, labels, selector } from "../context";

/**
 * What makes clients' names trustworthy: the sidecar takes what they send for HTTP/1 and nothing else, and so puts
 * its own `l5d-client-id` in place of theirs. Without a Server, a client that pauses within its request line is
 * passed on as opaque TCP, and its forged header with it (seen within 5 ms).
 *
 * Together with `default-inbound-policy: deny` on the pods, nobody gets in while a sidecar does not know of it.
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
          // Which of them may call what is the policy's business.
          accessPolicy: settings.mesh === MeshMode.Required ? "all-authenticated" : "all-unauthenticated",
        },
      },
      { parent },
    ),
  ];
}
