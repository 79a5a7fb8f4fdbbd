/** The cluster's own domain. */
export const CLUSTER_DOMAIN = "cluster.local";
export const NODE_NAME = "node";

export const POD_CIDR = "10.244.0.0/16";
export const SERVICE_CIDR = "10.96.0.0/16";
export const API_SERVICE_IP = "10.96.0.1";
export const CLUSTER_DNS_IP = "10.96.0.10";

export const API_PORT = 6443;
export const REGISTRY_PORT = 5000;
/** Loopback in the cluster's network namespace: needs no configuration as a plain-HTTP registry. */
export const REGISTRY = `127.0.0.1:${REGISTRY_PORT}`;

/** The cluster's end of the cable to the third parties. */
export const THIRD_PARTY_GATEWAY = "198.51.100.1";
/** The DNS server of the pretended internet: knows the third parties, and nothing else. */
export const INTERNET_DNS = "198.51.100.253";
/** Where the third parties' control and health ports are; the host reaches them at the node's address. */
export const CONTROL_IP = "198.51.100.2";
export const CONTROL_PORTS = "9900:9909";
/** Where a test asks what the third parties saw. */
export const CONTROL_PORT = 9900;
export const HEALTH_PORT_OF_DNS = 9901;
