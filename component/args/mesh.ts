import type { Resources } from "./pods";

/** The service mesh between applications and the proxy. */
export interface Mesh {
  /** Default: `required`. */
  mode?: MeshMode;
  /**
   * Linkerd's trust domain, the end of its identities: clients of any other are nobody. Default: `cluster.local`.
   */
  trustDomain?: string;
  /** Namespace of Linkerd's control plane. Default: `linkerd`. */
  controlPlaneNamespace?: string;
  /**
   * CPU and memory of the sidecar beside each proxy pod. Default: Linkerd's own for production: requests 100m and
   * 20Mi, limit 250Mi and no limit of CPU, which would also limit the sidecar's threads.
   */
  proxyResources?: Resources;
}

/** Whether the proxy's pods run inside Linkerd. */
export const MeshMode = {
  /** Injected; only meshed clients are admitted; without a sidecar the pods exit with the reason instead of serving. */
  Required: "required",
  /**
   * For migration, in a cluster with Linkerd. Injected; unmeshed clients are admitted and counted, but not by rules
   * that name `clients`; without a sidecar the pods serve, and these rules admit nobody.
   */
  Optional: "optional",
  /** Not injected, for clusters without Linkerd: plain HTTP from applications to the proxy, from any pod; a warning says so. */
  None: "none",
} as const;
export type MeshMode = (typeof MeshMode)[keyof typeof MeshMode];
