import { MeshMode } from "../../args/mesh";
import type * as pulumi from "@pulumi/pulumi";
import { type Context, selector } from "../context";
import { createLinkerdObject } from "./linkerd-object";
import { explainDelay } from "./explain-delay";
import { createSidecarMetrics } from "./sidecar-metrics";

/**
 * Makes clients' identities trustworthy: the sidecar parses all connections as HTTP/1, and so replaces the client's
 * `l5d-client-id` by its own. Without a Server, a client that pauses within its request line is passed on as opaque
 * TCP, and its forged header with it (seen within 5 ms).
 *
 * Together with `default-inbound-policy: deny` on the pods, no client gets in while a sidecar does not know the Server.
 *
 * @param sibling An object of the same namespace, which the API server takes without Linkerd
 */
export function createMeshPolicy(
  context: Context,
  namespace: pulumi.Input<string>,
  dataPort: number,
  sibling: pulumi.CustomResource,
): pulumi.Resource[] {
  const { names, settings, parent } = context;
  if (settings.mesh === MeshMode.None) return [];
  const server = createLinkerdObject(context, namespace, {
    kind: "Server",
    version: "v1beta3",
    child: "proxy-server",
    name: names.proxy,
    spec: {
      podSelector: { matchLabels: selector(context, "egress-proxy") },
      port: dataPort,
      proxyProtocol: "HTTP/1",
      // The policy decides which of them may call what.
      accessPolicy: settings.mesh === MeshMode.Required ? "all-authenticated" : "all-unauthenticated",
    },
  });
  // Where Linkerd is missing, the Kubernetes provider tries for 63 s to create the Server, and then says only that there
  // are no matches for its kind. Nothing else is known before: the provider has no function that asks for kinds, and
  // reading Linkerd's CRD would need a right that the user may not have.
  explainDelay(
    { since: sibling.id, resource: server, within: CREATION },
    `Linkerd's Server ${settings.namespace}/${names.proxy} is not created yet. If this cluster has no Linkerd, ` +
      `that will fail: install Linkerd first, or set mesh.mode: "none"`,
    parent,
  );
  return [
    ...createSidecarMetrics(context, namespace),
    ...(settings.egressNetwork ? [createEgressNetwork(context, namespace)] : []),
    server,
  ];
}

/** Milliseconds: an API server creates an object in far less. */
const CREATION = 4_000;

/**
 * Lets the proxy out. A namespace with an EgressNetwork of its own ignores the global one, whose `Deny` would block the
 * proxy. The NetworkPolicy limits what it can reach.
 */
function createEgressNetwork(context: Context, namespace: pulumi.Input<string>): pulumi.Resource {
  return createLinkerdObject(context, namespace, {
    kind: "EgressNetwork",
    version: "v1alpha1",
    child: "proxy",
    name: context.names.proxy,
    spec: { trafficPolicy: "Allow" },
  });
}
