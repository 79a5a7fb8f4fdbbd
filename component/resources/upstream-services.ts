import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { serviceName } from "../names";
import { type Context, labels, selector } from "./context";
import { DATA_PORT } from "./proxy";

/**
 * One Service per upstream, all on the same pods, because the mesh measures, retries and breaks circuits per
 * Service.
 */
export function createUpstreamServices(
  context: Context,
  namespace: pulumi.Input<string>,
): k8s.core.v1.Service[] {
  return context.settings.upstreams.map(({ host }) => {
    const service = serviceName(host);
    return new k8s.core.v1.Service(
      `${context.name}-${service}`,
      {
        metadata: {
          name: service,
          namespace,
          labels: labels(context, "egress-proxy"),
          annotations: {
            "k8s-egress/host": host,
            // They select pods that are waited for elsewhere: 60 Services took 86 s without it, 6 s with it.
            "pulumi.com/skipAwait": "true",
          },
        },
        spec: {
          type: "ClusterIP",
          selector: selector(context, "egress-proxy"),
          // appProtocol spares the mesh its protocol detection.
          ports: [{ name: "http", port: 80, targetPort: DATA_PORT, protocol: "TCP", appProtocol: "http" }],
        },
      },
      { parent: context.parent },
    );
  });
}
