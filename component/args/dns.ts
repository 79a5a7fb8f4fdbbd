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
   * The ConfigMap of `target`, where it is another one than docs/platforms says. Not with `openshift` and
   * `nodeLocalDns`. Default: the one of the distributions.
   */
  configMap?: DnsConfigMap;
  /**
   * Name of the Service of the cluster's DNS, in the namespace of `configMap`; every pod behind it is queried. Default:
   * the Services with the label `k8s-app=kube-dns`.
   */
  service?: string;
  /**
   * Whether NodeLocal DNSCache gets the stub domain too, beside `target`: it does not query the cluster's DNS for domains
   * other than the cluster's. Not with `kubeDns`, whose stub domains it reads by itself. Default: false.
   */
  nodeLocalDns?: boolean;
  /**
   * The ConfigMap of NodeLocal DNSCache, with `nodeLocalDns` or the target `nodeLocalDns`. Default: the key `Corefile` of
   * `kube-system/node-local-dns`.
   */
  nodeLocalConfigMap?: NodeLocalConfigMap;
  /** The cluster's own DNS domain. Default: `cluster.local`. */
  clusterDomain?: string;
  /** Image of the CoreDNS that serves the zone, by digest. Default: `registry.k8s.io/coredns/coredns`, pinned. */
  image?: pulumi.Input<string>;
  /** CPU and memory of each DNS pod. Default: requests 50m and 32Mi, limits 500m and 128Mi. */
  resources?: Resources;
  /** An existing namespace for the stub domain's controller. Default: a new one that only the controller uses. */
  controllerNamespace?: string;
}

/** A ConfigMap of a cluster's DNS. */
export interface DnsConfigMap {
  /** Its name. Default: the one of the distributions, such as `coredns`. */
  name?: string;
  /** Its namespace, and that of the ConfigMap `corefile`. Default: `kube-system`. */
  namespace?: string;
  /**
   * The key that gets the stub domain. Where a Corefile imports the key, it is the component's own. Default: `Corefile`,
   * `<instance>.server` or `stubDomains`, whichever fits.
   */
  key?: string;
  /**
   * Name of the ConfigMap whose Corefile imports the key; only where one does. Default: the first that does of `coredns`,
   * `coredns-base` and `workload-coredns`; for NodeLocal DNSCache `node-local-dns`.
   */
  corefile?: string;
}

/** The ConfigMap of NodeLocal DNSCache. */
export interface NodeLocalConfigMap extends DnsConfigMap {
  /** What its key holds. Default: `corefile`. */
  format?: NodeLocalFormat;
}

/** What a ConfigMap of NodeLocal DNSCache holds. */
export const NodeLocalFormat = {
  /** The whole Corefile: ConfigMap `node-local-dns`, or kubespray's `nodelocaldns`. */
  Corefile: "corefile",
  /** Server blocks that the Corefile imports: CoreWeave's `node-local-dns-overrides`. */
  Imported: "imported",
  /** JSON of stub domains, as for kube-dns: ConfigMap `kube-dns`, or IBM's `node-local-dns-config`. */
  StubDomains: "stubDomains",
} as const;
export type NodeLocalFormat = (typeof NodeLocalFormat)[keyof typeof NodeLocalFormat];

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
  /** A key of its own in ConfigMap `kube-system/coredns-custom`: AKS, k3s, DOKS, OKE, LKE, OVH, Gardener. */
  CorednsCustom: "corednsCustom",
  /** An entry of `stubDomains` in ConfigMap `kube-system/kube-dns`: GKE. */
  KubeDns: "kubeDns",
  /** A server of the DNS operator's object `default`: OpenShift. */
  Openshift: "openshift",
  /** NodeLocal DNSCache alone, where the cluster's DNS behind it can't be configured: CoreWeave. */
  NodeLocalDns: "nodeLocalDns",
} as const;
export type DnsTarget = (typeof DnsTarget)[keyof typeof DnsTarget];
