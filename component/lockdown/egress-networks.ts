import * as k8s from "@pulumi/kubernetes";
import { LockdownMode } from "../args/lockdown";
import type { LockdownContext } from "./context";

type TrafficPolicy = "Allow" | "Deny";

/**
 * Linkerd's part. In each namespace one EgressNetwork covers all traffic out of the cluster: denied, or in audit
 * allowed and counted under its name. Destinations have an EgressNetwork of their own. It takes precedence because its
 * ranges are smaller (linkerd2, policy-controller's egress_network.rs), so the traffic that is counted under the other
 * one is what would be denied.
 *
 * A namespace with an EgressNetwork of its own ignores the global one. So the proxy's namespace gets one that allows;
 * otherwise a global `Deny` would block the proxy.
 */
export function createEgressNetworks(context: LockdownContext): void {
  const { name, settings } = context;
  if (!settings.mesh) return;
  const { mode, namespaces, destinations, proxyNamespace } = settings;
  const ranges = [...new Set(destinations.map(({ cidr }) => cidr))].map((cidr) => ({ cidr }));
  for (const namespace of namespaces) {
    const trafficPolicy = mode === LockdownMode.Enforce ? "Deny" : "Allow";
    create(context, `${name}-${namespace}`, { name, namespace }, { trafficPolicy });
    if (ranges.length === 0) continue;
    create(
      context,
      `${name}-${namespace}.destinations`,
      { name: `${name}-destinations`, namespace },
      { trafficPolicy: "Allow", networks: ranges },
    );
  }
  // With a generated name: other stacks' lockdowns may have the same name, and the same proxy.
  create(context, `${name}.proxy`, { namespace: proxyNamespace }, { trafficPolicy: "Allow" });
}

/** A dot in a child's name distinguishes it from every namespace's. */
function create(
  { labels, parent }: LockdownContext,
  child: string,
  metadata: { name?: string; namespace: string },
  spec: { trafficPolicy: TrafficPolicy; networks?: { cidr: string }[] },
): void {
  new k8s.apiextensions.CustomResource(
    child,
    {
      apiVersion: "policy.linkerd.io/v1alpha1",
      kind: "EgressNetwork",
      metadata: { ...metadata, labels },
      spec,
    },
    { parent },
  );
}
