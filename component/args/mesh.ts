import type { Resources } from "./pods";

/** The service mesh between applications and the proxy. */
export interface Mesh {
  /** Default: `required`. */
  mode?: MeshMode;
  /**
   * Linkerd's trust domain, the last part of its identities: clients of any other trust domain are not identified.
   * Default: `cluster.local`.
   */
  trustDomain?: string;
  /** Namespace of Linkerd's control plane. Default: `linkerd`. */
  controlPlaneNamespace?: string;
  /**
   * CPU and memory of the sidecar in each proxy pod. Default: Linkerd's own values for production: requests 100m and
   * 20Mi, limit 250Mi and no limit of CPU, which would also limit the sidecar's threads.
   */
  proxyResources?: Resources;
  /**
   * Whether the namespace of the proxy gets an EgressNetwork that allows all traffic out, so that a global EgressNetwork
   * with `Deny` does not block the proxy. Needs Linkerd 2.17. `false` is for one of your own. Default: true.
   */
  egressNetwork?: boolean;
  /**
   * With `mode: "required"`: whether a ValidatingAdmissionPolicy denies proxy pods without a sidecar. Pods that were
   * created while Linkerd's injector was down would never get one; denied, they are created when it is back. It needs
   * the right to create cluster-scoped objects. Default: true.
   */
  admissionPolicy?: boolean;
}

/** Whether the proxy's pods run inside Linkerd. */
export const MeshMode = {
  /** Injected. Only meshed clients are admitted. Without a sidecar the pods exit with the reason instead of serving. */
  Required: "required",
  /**
   * For migration, in a cluster with Linkerd. Injected. Unmeshed clients are admitted and counted, but not by rules
   * that name `clients`. Without a sidecar the pods serve, and these rules admit no client.
   */
  Optional: "optional",
  /**
   * Not injected, for clusters without Linkerd: plain HTTP from applications to the proxy, from any pod; a warning says
   * so.
   */
  None: "none",
} as const;
export type MeshMode = (typeof MeshMode)[keyof typeof MeshMode];
