import * as k8s from "@pulumi/kubernetes";
import { LockdownMode } from "../args/lockdown";
import type { LockdownContext } from "./context";

type TrafficPolicy = "Allow" | "Deny";

/** Port whose connections are counted by the host names that clients ask for. */
const TLS_PORT = 443;

/**
 * Linkerd's part. In each namespace one EgressNetwork covers all traffic out of the cluster: denied, or in audit
 * allowed and counted under its name. Destinations have an EgressNetwork of their own. It takes precedence because its
 * ranges are smaller (linkerd2, policy-controller's egress_network.rs), so the traffic that is counted under the other
 * one is what would be denied.
 */
export function createEgressNetworks(context: LockdownContext): void {
  const { name, settings } = context;
  if (!settings.mesh) return;
  const { mode, namespaces, destinations } = settings;
  const ranges = [...new Set(destinations.map(({ cidr }) => cidr))].map((cidr) => ({ cidr }));
  for (const namespace of namespaces) {
    const trafficPolicy = mode === LockdownMode.Enforce ? "Deny" : "Allow";
    create(context, `${name}-${namespace}`, { name, namespace }, { trafficPolicy });
    if (mode === LockdownMode.Audit && settings.mesh.tlsRoutes) createTlsRoute(context, namespace);
    if (ranges.length === 0) continue;
    create(
      context,
      `${name}-${namespace}.destinations`,
      { name: `${name}-destinations`, namespace },
      { trafficPolicy: "Allow", networks: ranges },
    );
  }
}

/** A dot in a child's name distinguishes it from every namespace's. */
function create(
  { labels, parent }: LockdownContext,
  child: string,
  metadata: { name: string; namespace: string },
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

/**
 * Makes sidecars read the server name of TLS connections to port 443. Without a TLSRoute they count these connections
 * by address only. Every connection takes the route that Linkerd adds for the EgressNetwork's own traffic policy, because
 * no host has this route's name (RFC 2606 §2).
 *
 * Only in audit: a client chooses its server name, so in an enforced lockdown this name would be a way out.
 */
function createTlsRoute({ name, labels, parent }: LockdownContext, namespace: string): void {
  const network = { group: "policy.linkerd.io", kind: "EgressNetwork", name, port: TLS_PORT };
  new k8s.apiextensions.CustomResource(
    `${name}-${namespace}.tls`,
    {
      // Linkerd watches this version only (linkerd2, policy-controller/k8s/api).
      apiVersion: "gateway.networking.k8s.io/v1alpha2",
      kind: "TLSRoute",
      metadata: { name, namespace, labels },
      spec: {
        parentRefs: [network],
        hostnames: ["egress-lockdown.invalid"],
        rules: [{ backendRefs: [network] }],
      },
    },
    { parent },
  );
}
