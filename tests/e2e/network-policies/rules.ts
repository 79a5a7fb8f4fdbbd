import type { Registered } from "../../harness/monitor";

/** One port that a rule opens. */
export interface Port {
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

/** What one rule of a NetworkPolicy says about one peer. */
export interface Rule {
  /** As people say it: `egress-proxy receives from all pods at TCP 8080, TCP 4143`. */
  readonly text: string;
  /** Whose pods it is about: the part of the component, else the policy's name. */
  readonly subject: string;
  readonly direction: "sends" | "receives";
  /** Empty: every port. */
  readonly ports: readonly Port[];
}

interface Policy {
  metadata: { name: string };
  spec: {
    podSelector: { matchLabels?: Record<string, string> };
    ingress?: PolicyRule[];
    egress?: PolicyRule[];
  };
}

interface PolicyRule {
  from?: object[];
  to?: object[];
  ports?: Port[];
}

/**
 * Every rule of the NetworkPolicies that a program registered, once for each peer of the rule.
 *
 * @param names of ranges of addresses
 */
export function rulesOf(resources: readonly Registered[], names: Readonly<Record<string, string>>): Rule[] {
  return policiesOf(resources).flatMap(({ metadata, spec: { podSelector, ingress = [], egress = [] } }) => {
    const subject = podSelector.matchLabels?.["app.kubernetes.io/name"] ?? metadata.name;
    const rules = (direction: Rule["direction"], peers: object[] = [], ports: Port[] = []): Rule[] => {
      const preposition = direction === "sends" ? "to" : "from";
      const where = ports.map(({ protocol, port }) => `${protocol} ${port}`).join(", ") || "every port";
      // No list of peers means everybody.
      const named = peers.length > 0 ? peers.map((peer) => nameOf(peer, names)) : ["everybody"];
      return named.map((peer) => ({
        text: `${subject} ${direction} ${preposition} ${peer} at ${where}`,
        subject,
        direction,
        ports,
      }));
    };
    return [
      ...ingress.flatMap(({ from, ports }) => rules("receives", from, ports)),
      ...egress.flatMap(({ to, ports }) => rules("sends", to, ports)),
    ];
  });
}

export function policiesOf(resources: readonly Registered[]): Policy[] {
  return resources
    .filter(({ type }) => type.endsWith(":NetworkPolicy"))
    .map(({ inputs }) => inputs as unknown as Policy);
}

/** A peer in words; a kind of peer that is not known here fails. */
function nameOf(peer: object, names: Readonly<Record<string, string>>): string {
  const { namespaceSelector, podSelector, ipBlock, ...unknown } = peer as {
    namespaceSelector?: { matchLabels?: Record<string, string> };
    podSelector?: { matchLabels: Record<string, string> };
    ipBlock?: { cidr: string };
  };
  if (Object.keys(unknown).length > 0) throw new Error(`a peer of an unknown kind: ${JSON.stringify(peer)}`);
  if (ipBlock) return names[ipBlock.cidr] ?? ipBlock.cidr;
  const labels = { ...namespaceSelector?.matchLabels, ...podSelector?.matchLabels };
  return Object.keys(labels).length > 0 ? `pods of ${Object.values(labels).join(" ")}` : "all pods";
}
