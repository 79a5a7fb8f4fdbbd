import type * as pulumi from "@pulumi/pulumi";

/**
 * Arguments of an {@link EgressLockdown}. All but `labels` and `auditedNamespaces` are plain: they decide what is
 * created.
 */
export interface EgressLockdownArgs {
  /**
   * Namespaces of applications, which must exist, at least one, each in one EgressLockdown only. Not `kube-system` (the
   * cluster's DNS queries resolvers outside), nor those of the proxy and of Linkerd's control plane.
   */
  namespaces: string[];
  /**
   * Default: `enforce`, because a lockdown that blocks too much is noticed at once, and one that silently blocks
   * nothing is noticed too late. Begin with `audit`.
   */
  mode?: LockdownMode;
  /**
   * Namespace of the EgressProxy, the only way out that remains. Nothing is created there; it is an error if `namespaces`
   * has it, because the proxy could not call third parties. Default: `egress`.
   */
  proxyNamespace?: string;
  /**
   * What these namespaces may reach beside pods and the cluster's DNS: the API server, nodes, a database outside the
   * cluster. Plain values, although the type permits Outputs: of a plain list here, Pulumi's generator makes a Go SDK
   * that does not compile. Default: nothing.
   */
  destinations?: pulumi.Input<Destination>[];
  /**
   * Addresses that pods query for DNS and that are no pod's address: NodeLocal DNSCache, a cloud's resolver. If
   * NodeLocal DNSCache listens at the DNS Service's ClusterIP as well, list that too. Default: `169.254.20.10` and
   * `169.254.10.11`, where NodeLocal DNSCache and AKS's LocalDNS listen.
   */
  dnsAddresses?: string[];
  /** Settings of Linkerd. */
  mesh?: LockdownMesh;
  /**
   * Whether a ValidatingAdmissionPolicy denies pods that would bypass the lockdown. It needs the right to create
   * cluster-scoped objects. Default: true.
   */
  admissionPolicy?: boolean;
  /**
   * The EgressProxy's output of the same name, from this stack or by a StackReference. It is an error to enforce a
   * lockdown on one of these namespaces: an audit is a way out to any public host. Default: none.
   */
  auditedNamespaces?: pulumi.Input<pulumi.Input<string>[]>;
  /** Labels added to every object. Default: none. */
  labels?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/** Whether traffic out of a lockdown is blocked, or only counted. */
export const LockdownMode = {
  /**
   * What would be blocked is counted by Linkerd and reported by the API server. Nothing is blocked. There are no
   * NetworkPolicies, because they can't audit. A namespace that a global EgressNetwork closes is open meanwhile: its
   * own EgressNetwork takes precedence.
   */
  Audit: "audit",
  /** Traffic out of the namespaces is blocked. */
  Enforce: "enforce",
} as const;
export type LockdownMode = (typeof LockdownMode)[keyof typeof LockdownMode];

/** A range of addresses outside the pods' network. */
export interface Destination {
  /** In CIDR notation: `10.20.0.5/32`. Not a Service's address: policies see the address after its translation. */
  cidr: string;
  /** TCP ports, at least one. */
  ports: number[];
}

/** Settings of Linkerd that a lockdown needs. */
export interface LockdownMesh {
  /** Whether the namespaces' pods are in Linkerd; otherwise only NetworkPolicies restrict them. Default: true. */
  enabled?: boolean;
  /** Namespace of Linkerd's control plane, which can't be locked down. Default: `linkerd`. */
  controlPlaneNamespace?: string;
  /**
   * User that sidecars run as, whose packets are not redirected to the sidecar (Helm value `proxy.uid`). Default: 2102.
   */
  proxyUid?: number;
  /**
   * Image of the sidecar without its tag, such as `cr.l5d.io/linkerd/proxy`: a pod with another image in a container of
   * the sidecar's name is denied. Default: any image.
   */
  proxyImage?: string;
  /**
   * Whether `audit` creates TLSRoutes, by which Linkerd's metrics name the hosts of TLS connections to port 443. They
   * need the Gateway API's CRD `tlsroutes`; and meanwhile sidecars close connections to port 443 that are not TLS or
   * send no server name. Default: true.
   */
  tlsRoutes?: boolean;
}
