import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { MeshMode } from "../args";
import { type Context, labels, selector } from "./context";

/**
 * What makes callers' names trustworthy where the mesh is required: the sidecar admits meshed callers only, and
 * takes what they send for HTTP/1 and nothing else. Without a Server, a caller that pauses within its request line
 * is passed on as opaque TCP, and its forged `l5d-client-id` with it (seen within 5 ms).
 */
export function createMeshPolicy(
  context: Context,
  namespace: pulumi.Input<string>,
  dataPort: number,
): pulumi.Resource[] {
  const { name, names, settings, parent } = context;
  if (settings.mesh !== MeshMode.Required) return [];
  const metadata = { name: names.proxy, namespace, labels: labels(context, "egress-proxy") };
  const server = new k8s.apiextensions.CustomResource(
    `${name}-proxy-server`,
    {
      apiVersion: "policy.linkerd.io/v1beta3",
      kind: "Server",
      metadata,
      spec: {
        podSelector: { matchLabels: selector(context, "egress-proxy") },
        port: dataPort,
        proxyProtocol: "HTTP/1",
        accessPolicy: "deny",
      },
    },
    { parent },
  );
  const meshed = new k8s.apiextensions.CustomResource(
    `${name}-proxy-meshed`,
    {
      apiVersion: "policy.linkerd.io/v1alpha1",
      kind: "MeshTLSAuthentication",
      metadata,
      // Which of them may call what is the policy's business.
      spec: { identities: ["*"] },
    },
    { parent },
  );
  const authorization = new k8s.apiextensions.CustomResource(
    `${name}-proxy-callers`,
    {
      apiVersion: "policy.linkerd.io/v1alpha1",
      kind: "AuthorizationPolicy",
      metadata,
      spec: {
        targetRef: { group: "policy.linkerd.io", kind: "Server", name: names.proxy },
        requiredAuthenticationRefs: [
          { group: "policy.linkerd.io", kind: "MeshTLSAuthentication", name: names.proxy },
        ],
      },
    },
    { parent, dependsOn: [server, meshed] },
  );
  return [server, meshed, authorization];
}
