import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Context, labels, selector } from "../context";

/**
 * A headless Service by which the proxy's pods know each other's addresses, so that no upstream's `allowedCidrs` opens
 * them. Without `allowedCidrs` there is none: then no connection goes to a private address at all.
 *
 * @returns its absolute name
 */
export function createProxyPods(context: Context, namespace: pulumi.Input<string>): string | undefined {
  const { name, names, settings, parent } = context;
  if (settings.upstreams.every(({ allowedCidrs }) => allowedCidrs.length === 0)) return undefined;
  new k8s.core.v1.Service(
    `${name}-proxy-pods`,
    {
      metadata: {
        name: names.proxyPods,
        namespace,
        labels: labels(context, "egress-proxy"),
        // It selects pods that are waited for elsewhere.
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        clusterIP: "None",
        // Those that are not ready, too: an address is one of ours from the beginning.
        publishNotReadyAddresses: true,
        selector: selector(context, "egress-proxy"),
      },
    },
    { parent },
  );
  return `${names.proxyPods}.${settings.namespace}.svc.${settings.clusterDomain}.`;
}
