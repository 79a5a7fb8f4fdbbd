import type { EgressProxyArgs } from "../../index";

/** Stand for what only a cluster knows; a replay puts its own in their place. */
export const PLACEHOLDERS = {
  image: `registry.example.com/egress@sha256:${"a".repeat(64)}`,
  dnsImage: `registry.example.com/coredns@sha256:${"b".repeat(64)}`,
};

export const NAME = "upgrade";

/** One EgressProxy with each kind of object that goes without Linkerd and Prometheus; the same in all releases. */
export const ARGUMENTS: EgressProxyArgs = {
  namespace: "upgrade",
  domain: "upgrade.internal",
  upstreams: [
    { host: "api.example.test", allowedCidrs: ["198.51.100.0/24"] },
    { host: "*.wild.example.test", allowedCidrs: ["198.51.100.0/24"] },
    { host: "second.example.test", allowedCidrs: ["198.51.100.0/24"], websockets: true },
  ],
  image: PLACEHOLDERS.image,
  mesh: { mode: "none" },
  monitoring: { namespaces: ["monitoring"] },
  drain: "5s",
  dns: { image: PLACEHOLDERS.dnsImage },
};
