import type * as pulumi from "@pulumi/pulumi";
import type { Resources } from "./pods";

/** How names below `domain` are made to resolve. */
export interface Dns {
  /** Default: `stubDomain`. */
  mode?: DnsMode;
  /**
   * The object that the controller edits, with `mode` `stubDomain`; docs/platforms says which one fits which cluster.
   * Default: `coredns`. If another one fits, the controller changes nothing, and `pulumi up` ends with the setting to
   * use.
   */
  target?: DnsTarget;
  /**
   * Whether NodeLocal DNSCache (ConfigMap `node-local-dns`) gets the stub domain too, beside `target`: it does not
   * query the cluster's DNS for domains other than the cluster's. Not with `kubeDns`, whose stub domains it reads by
   * itself. Default: false.
   */
  nodeLocalDns?: boolean;
  /** The cluster's own DNS domain. Default: `cluster.local`. */
  clusterDomain?: string;
  /** Image of the CoreDNS that serves the zone, by digest. Default: `registry.k8s.io/coredns/coredns`, pinned. */
  image?: pulumi.Input<string>;
  /** CPU and memory of each DNS pod. Default: requests 50m and 32Mi, limits 500m and 128Mi. */
  resources?: Resources;
  /** An existing namespace for the stub domain's controller. Default: a new one that only the controller uses. */
  controllerNamespace?: string;
}

/** How the cluster's DNS learns about `domain`. */
export const DnsMode = {
  /** A controller adds a stub domain to the cluster's Corefile, and removes it at destroy. */
  StubDomain: "stubDomain",
  /** The component does not change `kube-system`; the output `stubDomain` is the text to add by hand. */
  Manual: "manual",
  /** No DNS parts: applications use the Services' own names, which `urls` then contains. */
  None: "none",
} as const;
export type DnsMode = (typeof DnsMode)[keyof typeof DnsMode];

/** The object of a cluster's DNS configuration that holds the stub domain. */
export const DnsTarget = {
  /** A server block in the Corefile, ConfigMap `kube-system/coredns`: kubeadm, kind, k0s, Talos, EKS self-managed. */
  Coredns: "coredns",
  /** A key of its own in ConfigMap `kube-system/coredns-custom`: AKS, k3s, DOKS, OKE, LKE. */
  CorednsCustom: "corednsCustom",
  /** An entry of `stubDomains` in ConfigMap `kube-system/kube-dns`: GKE. */
  KubeDns: "kubeDns",
  /** A server of the DNS operator's object `default`: OpenShift. */
  Openshift: "openshift",
} as const;
export type DnsTarget = (typeof DnsTarget)[keyof typeof DnsTarget];
