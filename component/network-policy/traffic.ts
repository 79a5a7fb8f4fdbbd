import { MeshMode } from "../args/mesh";
import type { Settings, TracingSettings, UpstreamSettings } from "../settings";
import type { NetworkPolicySettings } from "./settings";
import {
  EVERY_POD,
  type Peer,
  type Port,
  PUBLIC_ADDRESSES,
  address,
  podsIn,
  ports,
  range,
  thirdPartyRange,
} from "./peers";

/** All traffic that a part's pods may receive and send, beside the replies on their connections. */
export interface Traffic {
  ingress: { from: Peer[]; ports: Port[] }[];
  /** Without `to`: to any address. */
  egress: { to?: Peer[]; ports: Port[] }[];
}

/** Ports of a part's pods. */
export interface PodPorts {
  /** For all pods in the cluster. */
  service: Port[];
  /** Probes and metrics. */
  admin: Port[];
}

/**
 * Port on which a sidecar receives from other sidecars. Since Linkerd 2.18 a sidecar connects to this port of its peer,
 * and a header carries the original port (`outboundTransportMode: transport-header`; seen with 2.20). So a
 * NetworkPolicy can't distinguish ports between meshed pods; the Servers do.
 */
const SIDECAR_INBOUND_PORT = 4143;

/** Ports of Linkerd's control plane for sidecars: identity, destination, policy (linkerd-control-plane's chart). */
const CONTROL_PLANE_PORTS = [8080, 8086, 8090];

/** The settings of unlisted hosts in an audit. */
const UNLISTED = { port: 443, allowedCidrs: [] };

type PolicySettings = Pick<Settings, "upstreams" | "audit" | "tracing" | "mesh" | "controlPlaneNamespace">;

/** The proxy: pods call it, and it calls third parties. */
export function proxyTraffic(
  { upstreams, audit, tracing, mesh, controlPlaneNamespace }: PolicySettings,
  policies: NetworkPolicySettings,
  {
    service,
    admin,
    sidecarAdmin,
  }: PodPorts & {
    /** Port of the sidecar's metrics and configuration. */
    sidecarAdmin: number;
  },
): Traffic {
  const meshed = mesh !== MeshMode.None;
  const sidecar = (port: number): Port[] => (meshed ? ports("TCP", [port]) : []);
  return {
    ingress: incoming(policies, {
      service: [...service, ...sidecar(SIDECAR_INBOUND_PORT)],
      admin: [...admin, ...sidecar(sidecarAdmin)],
    }),
    egress: [
      ...dnsQueries(policies),
      ...calls([...upstreams, ...(audit ? [UNLISTED] : [])]),
      ...(tracing ? [toCollector(tracing, sidecar(SIDECAR_INBOUND_PORT))] : []),
      ...(meshed ? [{ to: [podsIn(controlPlaneNamespace)], ports: ports("TCP", CONTROL_PLANE_PORTS) }] : []),
    ],
  };
}

/**
 * egress-dns: DNS servers that forward the domain query it, and it queries the cluster's DNS for the targets of its
 * CNAMEs.
 */
export function dnsTraffic(policies: NetworkPolicySettings, podPorts: PodPorts): Traffic {
  return { ingress: incoming(policies, podPorts), egress: dnsQueries(policies) };
}

/** Port of CoreDNS' metrics, with which its failed reloads are noticed: the default of its plugin prometheus. */
const CLUSTER_DNS_METRICS_PORT = 9153;

/**
 * The stub domain's controller: nothing calls it; it queries the cluster's DNS, and the API server. Without the API
 * server's ranges the rule has no `to`: all of IPv4 would not include a node's address in Cilium.
 */
export function controllerTraffic(policies: NetworkPolicySettings, admin: Port[]): Traffic {
  const { apiServerCidrs, apiServerPorts, clusterDns } = policies;
  return {
    ingress: incoming(policies, { service: [], admin }),
    egress: [
      ...dnsQueries(policies),
      {
        to: [podsIn(clusterDns.namespace, clusterDns.podLabels)],
        ports: ports("TCP", [CLUSTER_DNS_METRICS_PORT]),
      },
      {
        ...(apiServerCidrs && { to: apiServerCidrs.map(range) }),
        ports: ports("TCP", apiServerPorts),
      },
    ],
  };
}

/**
 * There is no rule for probes: a pod's own node can always reach it (Kubernetes' documentation of NetworkPolicy), and
 * plugins exempt the kubelet. `nodeCidrs` is for the other nodes.
 */
function incoming(policies: NetworkPolicySettings, { service, admin }: PodPorts): Traffic["ingress"] {
  const { monitoringNamespaces, nodeCidrs } = policies;
  const rules = [
    { from: [EVERY_POD], ports: service },
    { from: monitoringNamespaces.map((namespace) => podsIn(namespace)), ports: admin },
    { from: nodeCidrs.map(range), ports: [...service, ...admin] },
  ];
  // An empty `from` or `ports` would mean all sources or every port.
  return rules.filter((rule) => rule.from.length > 0 && rule.ports.length > 0);
}

/** Queries to the cluster's DNS. */
function dnsQueries({ clusterDns, dnsAddresses }: NetworkPolicySettings): Traffic["egress"] {
  const both = (numbers: number[]) => [...ports("UDP", numbers), ...ports("TCP", numbers)];
  return [
    { to: [podsIn(clusterDns.namespace, clusterDns.podLabels)], ports: both(clusterDns.ports) },
    ...(dnsAddresses.length > 0 ? [{ to: dnsAddresses.map(address), ports: both([53]) }] : []),
  ];
}

/**
 * To the collector of traces. In the cluster it may be meshed: then its sidecar receives, and the policy of the
 * collector's own namespace decides who may call it.
 *
 * @param sidecar port of a pod's sidecar; none without a mesh
 */
function toCollector({ collector, cidrs }: TracingSettings, sidecar: Port[]): Traffic["egress"][number] {
  const { place, port } = collector;
  const own = ports("TCP", [port]);
  switch (place.kind) {
    case "service":
      return { to: [podsIn(place.namespace)], ports: [...own, ...sidecar] };
    case "address":
      return { to: [address(place.ip)], ports: own };
    case "public":
      return { to: cidrs ? cidrs.map(range) : [...PUBLIC_ADDRESSES], ports: own };
  }
}

/** To third parties: public addresses on any upstream's port, and an upstream's allowed ranges on its own port only. */
function calls(upstreams: Pick<UpstreamSettings, "port" | "allowedCidrs">[]): Traffic["egress"] {
  const portsByCidr = new Map<string, Set<number>>();
  for (const { port, allowedCidrs } of upstreams) {
    for (const cidr of allowedCidrs) portsByCidr.set(cidr, (portsByCidr.get(cidr) ?? new Set()).add(port));
  }
  const tcp = (numbers: Iterable<number>) =>
    ports(
      "TCP",
      [...new Set(numbers)].sort((a, b) => a - b),
    );
  return [
    { to: [...PUBLIC_ADDRESSES], ports: tcp(upstreams.map(({ port }) => port)) },
    ...[...portsByCidr]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([cidr, numbers]) => ({ to: [thirdPartyRange(cidr)], ports: tcp(numbers) })),
  ];
}
