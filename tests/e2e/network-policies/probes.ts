import type { Family } from "../../cluster/families";

/** Who the other side of a rule is, and packets to or from that side's like that the rule does not cover. */
export interface Probe {
  /** Of the rule's addresses; absent: it covers pods, or ranges of both. */
  readonly family?: Family;
  readonly peer: string;
  /** `<party> <protocol> <port>` */
  readonly dropped: readonly string[];
}

const DNS = "at UDP 53, TCP 53";
const CLUSTER_DNS = "pods of kube-system kube-dns at UDP 53, UDP 5353, UDP 8053, TCP 53, TCP 5353, TCP 8053";

const dnsQueries = (subject: string): Record<string, Probe> => ({
  [`${subject} sends to ${CLUSTER_DNS}`]: {
    peer: "clusterDns",
    dropped: ["clusterDns TCP 8080", "clusterDns UDP 54", "client UDP 53", "client TCP 53"],
  },
  [`${subject} sends to 169.254.20.10/32 ${DNS}`]: {
    family: 4,
    peer: "nodeLocalDns",
    dropped: ["nodeLocalDns TCP 80", "metadata UDP 53", "metadata TCP 53"],
  },
  [`${subject} sends to 169.254.10.11/32 ${DNS}`]: {
    family: 4,
    peer: "aksLocalDns",
    dropped: ["aksLocalDns TCP 80", "aksLocalDns UDP 123"],
  },
  [`${subject} sends to fd00:53::10/128 ${DNS}`]: {
    family: 6,
    peer: "nodeLocalDns",
    dropped: ["nodeLocalDns TCP 80", "metadata UDP 53", "metadata TCP 53"],
  },
});

/** What the proxy may not call, although it may call public addresses. */
const NOT_PUBLIC = [
  ...["public TCP 80", "public UDP 443", "metadata TCP 443", "otherPrivate TCP 8443", "client TCP 443"],
  ...["node TCP 443", "node TCP 6443", "node TCP 10250"],
];

/** One for each rule that there is: a new rule fails the first test until it has a probe. */
export const PROBES: Readonly<Record<string, Probe>> = {
  "egress-proxy receives from all pods at TCP 8080, TCP 4143": {
    peer: "client",
    dropped: ["client TCP 9090", "client TCP 8081", "stranger TCP 8080", "stranger TCP 4143"],
  },
  "egress-proxy receives from pods of policies-monitoring at TCP 9090, TCP 4191": {
    peer: "monitoring",
    dropped: ["client TCP 9090", "client TCP 4191", "monitoring TCP 8443"],
  },
  "egress-proxy receives from other nodes at TCP 8080, TCP 4143, TCP 9090, TCP 4191": {
    peer: "otherNode",
    dropped: ["otherNode TCP 8443", "stranger TCP 9090"],
  },
  ...dnsQueries("egress-proxy"),
  "egress-proxy sends to 0.0.0.0/0 at TCP 443, TCP 8443": { family: 4, peer: "public", dropped: NOT_PUBLIC },
  "egress-proxy sends to 2000::/3 at TCP 443, TCP 8443": { family: 6, peer: "public", dropped: NOT_PUBLIC },
  "egress-proxy sends to 64:ff9b::/96 at TCP 443, TCP 8443": {
    family: 6,
    peer: "translatedPublic",
    dropped: [
      ...["translatedPublic TCP 80", "translatedPublic UDP 443"],
      ...["translatedPrivate TCP 8443", "translatedMetadata TCP 443"],
    ],
  },
  "egress-proxy sends to fd00:10:20::/48 at TCP 8443": {
    family: 6,
    peer: "private",
    dropped: ["private TCP 443", "otherPrivate TCP 8443"],
  },
  "egress-proxy sends to 10.20.0.0/16 at TCP 8443": {
    family: 4,
    peer: "private",
    dropped: ["private TCP 443", "otherPrivate TCP 8443"],
  },
  "egress-proxy sends to pods of policies-linkerd at TCP 8080, TCP 8086, TCP 8090": {
    peer: "controlPlane",
    dropped: ["controlPlane TCP 4191", "client TCP 8080"],
  },
  "egress-dns receives from all pods at UDP 5353, TCP 5353": {
    peer: "client",
    dropped: ["client UDP 53", "client TCP 9153", "stranger UDP 5353", "stranger TCP 5353"],
  },
  "egress-dns receives from pods of policies-monitoring at TCP 9153": {
    peer: "monitoring",
    dropped: ["client TCP 9153", "monitoring TCP 8080"],
  },
  "egress-dns receives from other nodes at UDP 5353, TCP 5353, TCP 9153": {
    peer: "otherNode",
    dropped: ["otherNode TCP 8080", "stranger TCP 9153"],
  },
  ...dnsQueries("egress-dns"),
  "egress-stub-domain receives from pods of policies-monitoring at TCP 8081": {
    peer: "monitoring",
    dropped: ["client TCP 8081", "monitoring TCP 8080"],
  },
  "egress-stub-domain receives from other nodes at TCP 8081": {
    peer: "otherNode",
    dropped: ["otherNode TCP 8080", "stranger TCP 8081"],
  },
  ...dnsQueries("egress-stub-domain"),
  "egress-stub-domain sends to pods of kube-system kube-dns at TCP 9153": {
    peer: "clusterDns",
    dropped: ["clusterDns TCP 9154", "client TCP 9153"],
  },
  "egress-stub-domain sends to the API server at TCP 443, TCP 6443": {
    peer: "node",
    dropped: ["node TCP 10250", "public TCP 443", "metadata TCP 443"],
  },
  "lockdown sends to all pods at every port": {
    peer: "client",
    dropped: ["public TCP 443", "private TCP 8443", "metadata TCP 80"],
  },
  [`lockdown sends to 169.254.20.10/32 ${DNS}`]: {
    family: 4,
    peer: "nodeLocalDns",
    dropped: ["nodeLocalDns TCP 80", "metadata UDP 53"],
  },
  [`lockdown sends to 169.254.10.11/32 ${DNS}`]: {
    family: 4,
    peer: "aksLocalDns",
    dropped: ["aksLocalDns TCP 80", "public UDP 53", "public TCP 53"],
  },
  [`lockdown sends to fd00:53::10/128 ${DNS}`]: {
    family: 6,
    peer: "nodeLocalDns",
    dropped: ["nodeLocalDns TCP 80", "metadata UDP 53", "public UDP 53"],
  },
  "lockdown sends to the API server at TCP 6443": {
    peer: "node",
    dropped: ["node TCP 443", "node TCP 10250"],
  },
};
