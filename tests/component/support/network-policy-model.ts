import { BlockList, isIP } from "node:net";
import type { Registered } from "../../harness/monitor";

/**
 * What NetworkPolicies mean (Kubernetes' documentation of NetworkPolicy): "may A reach B at this port?". It throws at
 * what it does not know. Beside the engine that enforces them in the embedded cluster it shows what plugins read
 * differently, and how sidecars connect, which that cluster has none of.
 */
export class NetworkPolicyModel {
  private readonly policies: Policy[];

  /**
   * @param rangesMeanPods Whether a range of addresses means pods in it too: it does in Calico, never in Cilium.
   */
  constructor(
    resources: readonly Registered[],
    private readonly rangesMeanPods: boolean,
  ) {
    this.policies = resources
      .filter(({ type }) => type.endsWith(":NetworkPolicy"))
      .map(({ inputs }) => inputs as unknown as Policy);
  }

  /** @param meant the port of the application that is called */
  mayReach(from: Endpoint, to: Endpoint, meant: number, protocol: "TCP" | "UDP" = "TCP"): boolean {
    const port = protocol === "TCP" && isMeshed(from) && isMeshed(to) ? SIDECAR_INBOUND_PORT : meant;
    const sends = this.admits("Egress", from, (policy) =>
      (policy.spec.egress ?? []).some(
        (rule) => this.isPeer(rule.to, to) && isPort(rule.ports, port, protocol),
      ),
    );
    const receives = this.admits("Ingress", to, (policy) =>
      (policy.spec.ingress ?? []).some(
        (rule) => this.isPeer(rule.from, from) && isPort(rule.ports, port, protocol),
      ),
    );
    return sends && receives;
  }

  /** Policies add up; what none selects is open. */
  private admits(type: string, subject: Endpoint, allows: (policy: Policy) => boolean): boolean {
    if (!isPod(subject)) return true;
    const selecting = this.policies.filter(
      ({ metadata, spec }) =>
        metadata.namespace === subject.namespace &&
        spec.policyTypes.includes(type) &&
        selects(spec.podSelector, subject.labels),
    );
    return selecting.length === 0 || selecting.some(allows);
  }

  /** No list of peers means everybody. */
  private isPeer(peers: Peer[] | undefined, endpoint: Endpoint): boolean {
    if (peers === undefined || peers.length === 0) return true;
    return peers.some(({ namespaceSelector, podSelector, ipBlock, ...unknown }) => {
      nothingElse(unknown);
      if (ipBlock) return (this.rangesMeanPods || !isPod(endpoint)) && isIn(ipBlock, endpoint.ip);
      if (!namespaceSelector) throw new Error("peers without a namespace are not modelled");
      if (!isPod(endpoint)) return false;
      const name = { "kubernetes.io/metadata.name": endpoint.namespace };
      return selects(namespaceSelector, name) && (!podSelector || selects(podSelector, endpoint.labels));
    });
  }
}

/** Since Linkerd 2.18 sidecars connect to this port of a meshed pod, whatever its application's port is. */
const SIDECAR_INBOUND_PORT = 4143;

export interface Pod {
  /** Whether a sidecar of Linkerd sends and receives for it. */
  meshed?: boolean;
  namespace: string;
  labels: Record<string, string>;
  ip: string;
}

/** A pod, or something with an address that is none. */
export type Endpoint = Pod | { ip: string };

interface Selector {
  matchLabels?: Record<string, string>;
}

interface Peer {
  namespaceSelector?: Selector;
  podSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
}

type Ports = { port: number; protocol: string }[] | undefined;

interface Policy {
  metadata: { name: string; namespace: string };
  spec: {
    podSelector: Selector;
    policyTypes: string[];
    ingress?: { from?: Peer[]; ports?: Ports }[];
    egress?: { to?: Peer[]; ports?: Ports }[];
  };
}

function isMeshed(endpoint: Endpoint): boolean {
  return isPod(endpoint) && endpoint.meshed === true;
}

function isPod(endpoint: Endpoint): endpoint is Pod {
  return "namespace" in endpoint;
}

function selects({ matchLabels = {}, ...unknown }: Selector, labels: Record<string, string>): boolean {
  nothingElse(unknown);
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}

function isPort(ports: Ports, port: number, protocol: string): boolean {
  if (ports === undefined || ports.length === 0) return true;
  return ports.some((one) => one.port === port && one.protocol === protocol);
}

function isIn({ cidr, except = [] }: NonNullable<Peer["ipBlock"]>, ip: string): boolean {
  return holds(cidr, ip) && !except.some((one) => holds(one, ip));
}

function holds(cidr: string, ip: string): boolean {
  const [address, prefix] = cidr.split("/") as [string, string];
  if (isIP(address) !== isIP(ip)) return false;
  const family = isIP(ip) === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), family);
  return list.check(ip, family);
}

function nothingElse(unknown: object): void {
  if (Object.keys(unknown).length > 0) throw new Error(`not modelled: ${Object.keys(unknown).join()}`);
}
