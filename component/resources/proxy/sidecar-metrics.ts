import type * as pulumi from "@pulumi/pulumi";
import { identitySuffix } from "../../policy";
import { type Context, selector } from "../context";
import { LINKERD_POLICY, createLinkerdObject } from "./linkerd-object";

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
  const name = `${names.proxy}-sidecar`;
  const create = (kind: string, version: string, spec: object): pulumi.Resource =>
    createLinkerdObject(context, namespace, { kind, version, child: "proxy-sidecar", name, spec });
  const server = create("Server", "v1beta3", {
    podSelector: { matchLabels: selector(context, "egress-proxy") },
    port: SIDECAR_ADMIN,
    proxyProtocol: "HTTP/1",
    accessPolicy: meshed ? "deny" : "all-unauthenticated",
  });
  if (!meshed) return [server];
  const readers = create("MeshTLSAuthentication", "v1alpha1", {
    identities: namespaces.map((reader) => `*.${reader}.${identitySuffix(settings)}`),
  });
  const authorization = create("AuthorizationPolicy", "v1alpha1", {
    targetRef: { group: LINKERD_POLICY, kind: "Server", name },
    requiredAuthenticationRefs: [{ group: LINKERD_POLICY, kind: "MeshTLSAuthentication", name }],
  });
  return [server, readers, authorization];
}
