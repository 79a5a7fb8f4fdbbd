/** The cluster's own domain. */
export const CLUSTER_DOMAIN = "cluster.local";
export const NODE_NAME = "node";

export const API_PORT = 6443;
export const REGISTRY_PORT = 5000;
/** Loopback in the cluster's network namespace: needs no configuration as a plain-HTTP registry. */
export const REGISTRY = `127.0.0.1:${REGISTRY_PORT}`;

/** The third parties' control and health ports; the host reaches them at the node's address. */
export const CONTROL_PORTS = "9900:9909";
/** Where a test asks what the third parties saw. */
export const CONTROL_PORT = 9900;
export const HEALTH_PORT_OF_DNS = 9901;

/** Addresses of one family, in the cluster and among the third parties. */
export interface Network {
  readonly podCidr: string;
  /** The node's part of it. */
  readonly nodePodCidr: string;
  readonly serviceCidr: string;
  readonly apiServiceIp: string;
  readonly clusterDnsIp: string;
  /** The cluster's end of the cable to the third parties, and the cable's network. */
  readonly gateway: string;
  readonly internetCidr: string;
  /** Where the third parties' control and health ports are. */
  readonly controlIp: string;
  /** Third parties may listen on any address in it. */
  readonly thirdPartyCidr: string;
  /** The DNS server of the simulated Internet: knows the third parties, and nothing else. */
  readonly internetDns: string;
  /** A hole that swallows packets. */
  readonly blackHole: string;
}

export const NETWORKS = {
  4: {
    podCidr: "10.244.0.0/16",
    nodePodCidr: "10.244.0.0/24",
    serviceCidr: "10.96.0.0/16",
    apiServiceIp: "10.96.0.1",
    clusterDnsIp: "10.96.0.10",
    gateway: "198.51.100.1",
    internetCidr: "198.51.100.0/24",
    controlIp: "198.51.100.2",
    thirdPartyCidr: "198.51.100.128/25",
    internetDns: "198.51.100.253",
    blackHole: "198.51.100.254",
  },
  6: {
    podCidr: "fd00:10:244::/56",
    nodePodCidr: "fd00:10:244::/64",
    serviceCidr: "fd00:10:96::/112",
    apiServiceIp: "fd00:10:96::1",
    clusterDnsIp: "fd00:10:96::a",
    gateway: "2001:db8:51:100::1",
    internetCidr: "2001:db8:51:100::/64",
    controlIp: "2001:db8:51:100::2",
    thirdPartyCidr: "2001:db8:51:100:1::/80",
    internetDns: "2001:db8:51:100:1::fd",
    blackHole: "2001:db8:51:100:1::fe",
  },
} as const satisfies Record<4 | 6, Network>;

/** A third party that IPv6 reaches through a translator only. No address of IPv4's special ranges: TAYGA refuses these. */
export const TRANSLATED_IP = "203.0.114.64";
/** NAT64: the prefix below which the simulated Internet translates to IPv4 (RFC 6052). */
export const TRANSLATOR = {
  prefix: "64:ff9b::/96",
  /** Its own addresses, and those that IPv6 senders get in IPv4. */
  ipv4: "192.168.255.1",
  ipv6: "2001:db8:51:100:2::1",
  pool: "192.168.255.0/24",
};
