import type * as pulumi from "@pulumi/pulumi";

/** What an {@link EgressLockdown} is made from. All but `labels` and `auditedNamespaces` is plain: it decides what is created. */
export interface EgressLockdownArgs {
  /**
   * Namespaces of applications, which must exist, at least one, each in one EgressLockdown only. Not `kube-system`
   * (the cluster's DNS asks resolvers outside), not those of the proxy and of Linkerd's control plane.
   */
  namespaces: string[];
  /**
   * Default: `enforce`, because a lockdown that holds back nothing, and says so nowhere, is found out too late; one
   * that holds back too much is found out at once. Give `audit` to begin with.
   */
  mode?: LockdownMode;
  /** Namespace of the EgressProxy that stays the way out. Default: `egress`. */
  proxyNamespace?: string;
  /**
   * What these namespaces may reach besides pods and the cluster's DNS: the API server, nodes, a database outside of
   * the cluster. Default: nothing.
   */
  destinations?: Destination[];
  /**
   * Addresses at which pods ask DNS and no pod answers: NodeLocal DNSCache, a cloud's resolver. Where NodeLocal
   * DNSCache listens at the DNS Service's ClusterIP as well, that too. Default: `169.254.20.10` and
   * `169.254.10.11`, where NodeLocal DNSCache and AKS's LocalDNS listen.
   */
  dnsAddresses?: string[];
  /** Linkerd's part. */
  mesh?: LockdownMesh;
  /**
   * Whether a ValidatingAdmissionPolicy refuses pods that would get around the lockdown. It needs the right to create
   * objects of the whole cluster. Default: true.
   */
  admissionPolicy?: boolean;
  /**
   * What the EgressProxy's output of the same name says, in this stack or by a StackReference. Enforcing a lockdown on
   * one of these namespaces is an error: an audit is a way out of it to any public host. Default: none.
   */
  auditedNamespaces?: pulumi.Input<pulumi.Input<string>[]>;
  /** Labels added to every object. Default: none. */
  labels?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/** Whether what leaves a lockdown is blocked, or seen only. */
export const LockdownMode = {
  /**
   * What would be blocked is counted by Linkerd and reported by the API server. Nothing is blocked, and there are no
   * NetworkPolicies, which can't audit. A namespace that a global EgressNetwork closes is open meanwhile: its own
   * EgressNetwork comes first.
   */
  Audit: "audit",
  /** What leaves is blocked. */
  Enforce: "enforce",
} as const;
export type LockdownMode = (typeof LockdownMode)[keyof typeof LockdownMode];

/** A range of addresses outside of the pods' network. */
export interface Destination {
  /** In CIDR notation: `10.20.0.5/32`. Not a Service's address: policies see it after its translation. */
  cidr: string;
  /** TCP ports, at least one. */
  ports: number[];
}

/** Linkerd, as far as a lockdown needs to know it. */
export interface LockdownMesh {
  /** Whether the namespaces' pods are in Linkerd; otherwise only NetworkPolicies hold them. Default: true. */
  enabled?: boolean;
  /** Namespace of Linkerd's control plane, which can't be locked down. Default: `linkerd`. */
  controlPlaneNamespace?: string;
  /** User that sidecars run as, whose packets pass them by (Helm value `proxy.uid`). Default: 2102. */
  proxyUid?: number;
  /**
   * Image of the sidecar without its tag, such as `cr.l5d.io/linkerd/proxy`: another in a container of that name is
   * refused. Default: any image.
   */
  proxyImage?: string;
}
