import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { identitySuffix } from "../../policy";
import { type Context, labels, selector } from "../context";

/** Name that Linkerd's injector gives the port of the sidecar's metrics (linkerd2, chart partials, _proxy.tpl). */
const SIDECAR_ADMIN = "linkerd-admin";

/**
 * Lets `monitoring` read the sidecars' metrics. Without a Server the pods' `default-inbound-policy: deny` denies
 * everyone with 403 (seen).
 *
 * A client outside the mesh has no identity, so for such a Prometheus only the NetworkPolicy tells namespaces apart.
 */
export function createSidecarMetrics(context: Context, namespace: pulumi.Input<string>): pulumi.Resource[] {
  const { names, settings } = context;
  const { namespaces, meshed } = settings.monitoring ?? { namespaces: [], meshed: false };
  if (namespaces.length === 0) return [];
  const server = linkerdObject(context, namespace, "Server", "v1beta3", {
    podSelector: { matchLabels: selector(context, "egress-proxy") },
    port: SIDECAR_ADMIN,
    proxyProtocol: "HTTP/1",
    accessPolicy: meshed ? "deny" : "all-unauthenticated",
  });
  if (!meshed) return [server];
  const name = `${names.proxy}-sidecar`;
  const readers = linkerdObject(context, namespace, "MeshTLSAuthentication", "v1alpha1", {
    identities: namespaces.map((reader) => `*.${reader}.${identitySuffix(settings)}`),
  });
  const authorization = linkerdObject(context, namespace, "AuthorizationPolicy", "v1alpha1", {
    targetRef: { group: "policy.linkerd.io", kind: "Server", name },
    requiredAuthenticationRefs: [{ group: "policy.linkerd.io", kind: "MeshTLSAuthentication", name }],
  });
  return [server, readers, authorization];
}

function linkerdObject(
  context: Context,
  namespace: pulumi.Input<string>,
  kind: string,
  version: string,
  spec: object,
): pulumi.Resource {
  const { name, names, parent } = context;
  return new k8s.apiextensions.CustomResource(
    `${name}-proxy-sidecar`,
    {
      apiVersion: `policy.linkerd.io/${version}`,
      kind,
      metadata: { name: `${names.proxy}-sidecar`, namespace, labels: labels(context, "egress-proxy") },
      spec,
    },
    { parent },
  );
}
