import type * as pulumi from "@pulumi/pulumi";
import type { Resources } from "./pods";

/** How names below `domain` come to resolve. */
export interface Dns {
  /** Default: `stubDomain`. */
  mode?: DnsMode;
  /**
   * What the controller edits, with `mode` `stubDomain`; docs/platforms says which fits which cluster. Default:
   * `coredns`. Where another one fits, the controller changes nothing, and `pulumi up` ends with the setting to use.
   */
  target?: DnsTarget;
  /**
   * Whether NodeLocal DNSCache (ConfigMap `node-local-dns`) is told too, beside `target`: it does not ask the cluster's
   * DNS for other domains than the cluster's. Not with `kubeDns`, whose stub domains it reads by itself. Default: false.
   */
  nodeLocalDns?: boolean;
  /** The cluster's own DNS domain. Default: `cluster.local`. */
  clusterDomain?: string;
  /** Image of the CoreDNS that serves the zone, by digest. Default: `registry.k8s.io/coredns/coredns`, pinned. */
  image?: pulumi.Input<string>;
  /** CPU and memory of each DNS pod. Default: requests 50m and 32Mi, limits 500m and 128Mi. */
  resources?: Resources;
  /** An existing namespace for the stub domain's controller. Default: one of its own is created. */
  controllerNamespace?: string;
}

/** Who tells the cluster's DNS about `domain`. */
export const DnsMode = {
  /** A controller adds a stub domain to the cluster's Corefile, and takes it out at destroy. */
  StubDomain: "stubDomain",
  /** Nobody touches `kube-system`; the output `stubDomain` is the text for whoever does. */
  Manual: "manual",
  /** No DNS parts: applications use the Services' own names, which `urls` then holds. */
  None: "none",
} as const;
export type DnsMode = (typeof DnsMode)[keyof typeof DnsMode];

/** What of a cluster's DNS configuration holds the stub domain. */
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
