import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Context, labels, selector } from "../context";

/**
 * A headless Service by which the proxy learns the addresses of all its pods, so that no upstream's `allowedCidrs`
 * allows them. Without `allowedCidrs` it is not created, because no connection goes to a private address then.
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
        // Pulumi waits for these pods elsewhere.
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        clusterIP: "None",
        // All of a pod's addresses are its own, with a mesh too.
        ipFamilyPolicy: "PreferDualStack",
        // Includes pods that are not ready: their addresses are ours from the beginning.
        publishNotReadyAddresses: true,
        selector: selector(context, "egress-proxy"),
      },
    },
    { parent },
  );
  return `${names.proxyPods}.${settings.namespace}.svc.${settings.clusterDomain}.`;
}
