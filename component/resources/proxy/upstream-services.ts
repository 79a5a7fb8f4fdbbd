import type { Upstream } from "../../args/upstream";
import type { UpstreamMesh } from "../../args/upstream-mesh";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { ANY_HOST, serviceName } from "../../names";
import { meshRoutes, serviceAnnotations } from "../../upstream-mesh";
import { type Context, labels, selector } from "../context";
import { ipFamilyPolicy } from "../ip-families";
import { DATA_PORT } from "./proxy";

/** Port that applications call. */
const SERVICE_PORT = 80;

/**
 * One Service per upstream, and one for an audit's unlisted hosts, all with the same pods, because the mesh measures,
 * retries and breaks circuits per Service.
 */
export function createUpstreamServices(
  context: Context,
  namespace: pulumi.Input<string>,
): k8s.core.v1.Service[] {
  // From the arguments, because the policy has no settings of the mesh.
  const { upstreams, audit } = context.args;
  const unlisted: Upstream[] = audit ? [{ host: ANY_HOST }] : [];
  return [...upstreams, ...unlisted].map(({ host, mesh }) => {
    const name = serviceName(host);
    const service = new k8s.core.v1.Service(
      `${context.name}-${name}`,
      {
        metadata: {
          name,
          namespace,
          labels: labels(context, "egress-proxy"),
          annotations: {
            ...serviceAnnotations(mesh),
            "k8s-egress/host": host,
            // Pulumi waits for these pods elsewhere: 60 Services took 86 s without it, 6 s with it.
            "pulumi.com/skipAwait": "true",
          },
        },
        spec: {
          type: "ClusterIP",
          ipFamilyPolicy: ipFamilyPolicy(context.settings),
          selector: selector(context, "egress-proxy"),
          // With appProtocol the mesh need not detect the protocol.
          ports: [
            { name: "http", port: SERVICE_PORT, targetPort: DATA_PORT, protocol: "TCP", appProtocol: "http" },
          ],
        },
      },
      { parent: context.parent },
    );
    createRoutes(context, service, name, mesh);
    return service;
  });
}

/** Created one after the other, so that there is a route for every request at any time. */
function createRoutes(
  context: Context,
  service: k8s.core.v1.Service,
  name: string,
  mesh: UpstreamMesh | undefined,
): void {
  let before: pulumi.Resource = service;
  for (const { name: suffix, annotations, matches } of meshRoutes(mesh)) {
    before = new k8s.apiextensions.CustomResource(
      `${context.name}-${name}-${suffix}`,
      {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "HTTPRoute",
        metadata: {
          name: `${name}-${suffix}`,
          namespace: service.metadata.namespace,
          labels: labels(context, "egress-proxy"),
          annotations,
        },
        spec: {
          parentRefs: [{ group: "", kind: "Service", name, port: SERVICE_PORT }],
          rules: [{ matches }],
        },
      },
      { parent: context.parent, dependsOn: [before] },
    );
  }
}
