import { MeshMode } from "../../args/mesh";
import * as pulumi from "@pulumi/pulumi";
import { ADMIN_PORT_ANNOTATION, SIDECAR_ADMIN_PORT } from "../../sidecar-port";
import type { Context } from "../context";

/**
 * Linkerd's own values for production (`values-ha.yaml`); without any resources a sidecar is the first to be evicted.
 */
const DEFAULT_RESOURCES = {
  requests: { cpu: "100m", memory: "20Mi" },
  limits: { memory: "250Mi" },
};

/** What Linkerd's injector needs to know about a pod. */
export interface InjectedPod {
  /** Port of probes and metrics. */
  readonly adminPort: number;
  /** Seconds from the pod's deletion to the end of the container's last request. */
  readonly shutdown: number;
}

/** Annotations that make Linkerd's injector add a sidecar to the proxy, or not. */
export function sidecarAnnotations(
  { settings, args }: Context,
  { adminPort, shutdown }: InjectedPod,
): Record<string, pulumi.Input<string>> {
  if (settings.mesh === MeshMode.None) return { "linkerd.io/inject": "disabled" };
  const called = [...settings.upstreams, ...(settings.audit ? [settings.audit] : [])];
  const slowestConnect = Math.max(...called.map(({ timeouts }) => timeouts.connect));
  const { requests, limits } = args.mesh?.proxyResources ?? {};
  const resources = {
    "cpu-request": requests?.cpu ?? DEFAULT_RESOURCES.requests.cpu,
    "memory-request": requests?.memory ?? DEFAULT_RESOURCES.requests.memory,
    "cpu-limit": limits?.cpu,
    "memory-limit": limits?.memory ?? DEFAULT_RESOURCES.limits.memory,
  };
  return {
    "linkerd.io/inject": "enabled",
    // Only the Server admits clients, even while the sidecar can't reach its policy controller and has no policy.
    "config.linkerd.io/default-inbound-policy": "deny",
    // Bypasses the sidecar: a control plane that is down must not make the kubelet restart the proxy, and a Prometheus
    // outside the mesh has no identity.
    "config.linkerd.io/skip-inbound-ports": `${adminPort}`,
    // The sidecar's own limit, 1 s, would also end connection attempts to third parties.
    "config.linkerd.io/proxy-outbound-connect-timeout": `${slowestConnect}ms`,
    // A native sidecar ends after the proxy. Any other sidecar is terminated at the same time as the proxy, and would
    // end the requests that the proxy is finishing. So it waits as long as the proxy may take.
    "config.alpha.linkerd.io/proxy-wait-before-exit-seconds": `${shutdown}`,
    "config.linkerd.io/shutdown-grace-period": `${shutdown}s`,
    ...Object.fromEntries(
      Object.entries(resources).flatMap(([key, quantity]) =>
        quantity === undefined ? [] : [[`config.linkerd.io/proxy-${key}`, quantity]],
      ),
    ),
  };
}

/** Port of the sidecar's readiness and metrics, which the user's annotations may move. */
export function sidecarAdminPort({ args }: Context): pulumi.Output<number> {
  return pulumi
    .output(args.podAnnotations ?? {})
    .apply((annotations) => Number(annotations[ADMIN_PORT_ANNOTATION] ?? SIDECAR_ADMIN_PORT));
}
