import { isIP } from "node:net";
import { EgressLockdown, EgressProxy } from "../../../index";
import { apply, type Cluster, kubectl, startClientPod } from "../../cluster";
import { NETWORKS } from "../../cluster/addresses";
import { familiesOf, type Family, only } from "../../cluster/families";
import { type Registered, runProgram } from "../../harness/monitor";
import { type AddedAddress, addAddresses, removeAddresses, type Sender } from "./packets";
import { NODE_DNS_ADDRESSES } from "../../../component/network-policy/settings";
import { policiesOf } from "./rules";

const NAMESPACES = {
  egress: "policies-egress",
  stubDomain: "policies-stub-domain",
  locked: "policies-locked",
  client: "policies-shop",
  monitoring: "policies-monitoring",
  controlPlane: "policies-linkerd",
};

type Hosts = Readonly<Partial<Record<Family, string>>>;

/** Addresses that are given to the simulated Internet. Nothing listens there: a refusal shows that a packet came. */
const ADDRESSES: Readonly<Record<string, Hosts>> = {
  public: { 4: "203.0.114.10", 6: "2a00:51:100::10" },
  private: { 4: "10.20.1.1", 6: "fd00:10:20::1" },
  otherPrivate: { 4: "10.21.1.1", 6: "fd00:10:21::1" },
  metadata: { 4: "169.254.169.254", 6: "fd00:ec2::254" },
  nodeLocalDns: { 4: "169.254.20.10", 6: "fd00:53::10" },
  aksLocalDns: { 4: "169.254.10.11" },
  // As a translator (NAT64) would be asked for them.
  translatedPublic: { 6: "64:ff9b::203.0.114.10" },
  translatedPrivate: { 6: "64:ff9b::10.20.1.1" },
  translatedMetadata: { 6: "64:ff9b::169.254.169.254" },
};

/** Of the simulated Internet, and not the node's. */
const OTHER_NODE: Hosts = { 4: NETWORKS[4].controlIp, 6: NETWORKS[6].controlIp };
const STRANGER: Hosts = { 4: "198.51.100.200", 6: "2001:db8:51:100:1::200" };

/** Anybody who sends or receives: pods do both, addresses beyond the node's cable too. */
export interface Party {
  /** Its address in each family that it has. */
  readonly hosts: Hosts;
  readonly sender?: (family: Family) => Sender;
}

export type Parties = Readonly<Record<string, Party>>;

/** What a program with an EgressProxy and an EgressLockdown registers, and names for the ranges in it. */
export async function program({ nodeIps }: Cluster): Promise<{
  resources: Registered[];
  names: Record<string, string>;
}> {
  const nodes = nodeIps.map(only);
  const otherNodes = Object.values(OTHER_NODE).map(only);
  // The defaults, and one of IPv6.
  const dnsAddresses = [...NODE_DNS_ADDRESSES, "fd00:53::10"];
  const { resources } = await runProgram(() => {
    new EgressProxy("egress", {
      namespace: NAMESPACES.egress,
      image: `registry.example.com/egress@sha256:${"a".repeat(64)}`,
      upstreams: [
        { host: "api.example.com" },
        { host: "billing.example.com", port: 8443, allowedCidrs: ["10.20.0.0/16", "fd00:10:20::/48"] },
      ],
      dns: { controllerNamespace: NAMESPACES.stubDomain },
      mesh: { mode: "optional", controlPlaneNamespace: NAMESPACES.controlPlane },
      monitoring: { namespaces: [NAMESPACES.monitoring] },
      networkPolicies: { nodeCidrs: otherNodes, apiServerCidrs: nodes, dnsAddresses },
    });
    new EgressLockdown("lockdown", {
      namespaces: [NAMESPACES.locked],
      proxyNamespace: NAMESPACES.egress,
      destinations: nodes.map((cidr) => ({ cidr, ports: [6443] })),
      dnsAddresses,
    });
  });
  const names = Object.fromEntries([
    ...nodes.map((cidr) => [cidr, "the API server"]),
    ...otherNodes.map((cidr) => [cidr, "other nodes"]),
  ]) as Record<string, string>;
  return { resources, names };
}

/** Applies the policies, and puts a pod in place of each party: of the component with its Deployment's labels. */
export async function startScene(cluster: Cluster, resources: readonly Registered[]): Promise<Parties> {
  const names = Object.values(NAMESPACES);
  await apply(
    cluster,
    names.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
  );
  await apply(cluster, policiesOf(resources));
  await addAddresses(cluster, addressesIn(cluster));
  const parts = deploymentsOf(resources).map(({ metadata: { namespace }, spec }) => {
    const { labels } = spec.template.metadata;
    return [labels["app.kubernetes.io/name"]!, namespace, labels] as const;
  });
  const pods = await Promise.all(
    [
      ...parts,
      ["lockdown", NAMESPACES.locked, {}] as const,
      ["client", NAMESPACES.client, {}] as const,
      ["open", NAMESPACES.client, {}] as const,
      ["monitoring", NAMESPACES.monitoring, {}] as const,
      ["controlPlane", NAMESPACES.controlPlane, {}] as const,
    ].map(async ([name, namespace, labels]) => {
      const pod = await startClientPod(cluster, { namespace, name: name.toLowerCase(), labels });
      const hosts = await podAddresses(cluster, namespace, [pod.name]);
      return [name, { hosts, sender: () => pod }] as const;
    }),
  );
  const running = ["-l", "k8s-app=kube-dns", "--field-selector=status.phase=Running"];
  const clusterDns = await podAddresses(cluster, "kube-system", running);
  return {
    ...Object.fromEntries(pods),
    ...Object.fromEntries(Object.entries(ADDRESSES).map(([name, hosts]) => [name, { hosts }])),
    clusterDns: { hosts: clusterDns },
    node: { hosts: byFamily(cluster.nodeIps) },
    otherNode: { hosts: OTHER_NODE, sender: (family) => ({ address: OTHER_NODE[family]! }) },
    stranger: { hosts: STRANGER, sender: (family) => ({ address: STRANGER[family]! }) },
  };
}

export async function endScene(cluster: Cluster): Promise<void> {
  const namespaces = Object.values(NAMESPACES);
  await kubectl(cluster, ["delete", "namespace", "--ignore-not-found", "--timeout=120s", ...namespaces]);
  await removeAddresses(cluster, addressesIn(cluster));
}

/** A port of the node that leads to the proxy. */
export async function nodePortOfProxy(cluster: Cluster): Promise<number> {
  const metadata = { name: "node-port", namespace: NAMESPACES.egress };
  const selector = { "app.kubernetes.io/name": "egress-proxy" };
  const spec = {
    type: "NodePort",
    ipFamilyPolicy: "PreferDualStack",
    selector,
    ports: [{ port: 80, targetPort: 8080 }],
  };
  await apply(cluster, [{ apiVersion: "v1", kind: "Service", metadata, spec }]);
  const path = "jsonpath={.spec.ports[0].nodePort}";
  return Number(
    await kubectl(cluster, ["-n", metadata.namespace, "get", "service", metadata.name, "-o", path]),
  );
}

/** The addresses of {@link ADDRESSES} in the families that the cluster has, with the way there. */
function addressesIn({ families }: Cluster): AddedAddress[] {
  return familiesOf(families).flatMap((family) =>
    Object.values(ADDRESSES).flatMap((hosts) =>
      hosts[family] === undefined ? [] : [{ address: hosts[family], gateway: NETWORKS[family].controlIp }],
    ),
  );
}

interface Pod {
  status: { podIPs: { ip: string }[] };
}

/** The addresses of the first pod that kubectl finds by these arguments. */
async function podAddresses(cluster: Cluster, namespace: string, pod: readonly string[]): Promise<Hosts> {
  const found = await kubectl(cluster, ["-n", namespace, "get", "pods", ...pod, "-o", "json"]);
  const parsed = JSON.parse(found) as Pod & { items?: Pod[] };
  return byFamily((parsed.items?.[0] ?? parsed).status.podIPs.map(({ ip }) => ip));
}

function byFamily(addresses: readonly string[]): Hosts {
  return Object.fromEntries(addresses.map((address) => [isIP(address), address]));
}

interface Deployment {
  metadata: { namespace: string };
  spec: { template: { metadata: { labels: Record<string, string> } } };
}

function deploymentsOf(resources: readonly Registered[]): Deployment[] {
  return resources
    .filter(({ type }) => type.endsWith(":Deployment"))
    .map(({ inputs }) => inputs as unknown as Deployment);
}
