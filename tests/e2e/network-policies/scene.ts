import { EgressLockdown, EgressProxy } from "../../../index";
import { apply, type Cluster, kubectl, startClientPod } from "../../cluster";
import { CONTROL_IP } from "../../cluster/addresses";
import { type Registered, runProgram } from "../../harness/monitor";
import { addAddresses, removeAddresses, type Sender } from "./packets";
import { policiesOf } from "./rules";

const NAMESPACES = {
  egress: "policies-egress",
  stubDomain: "policies-stub-domain",
  locked: "policies-locked",
  client: "policies-shop",
  monitoring: "policies-monitoring",
  controlPlane: "policies-linkerd",
};

/** Addresses that are given to the simulated Internet. Nothing listens there: a refusal shows that a packet came. */
const ADDRESSES = {
  public: "203.0.114.10",
  private: "10.20.1.1",
  otherPrivate: "10.21.1.1",
  metadata: "169.254.169.254",
  nodeLocalDns: "169.254.20.10",
  aksLocalDns: "169.254.10.11",
};

/** Anybody who sends or receives: pods have both, an address beyond the node's cable too. */
export interface Party {
  readonly host: string;
  readonly sender?: Sender;
}

export type Parties = Readonly<Record<string, Party>>;

/** What a program with an EgressProxy and an EgressLockdown registers, and names for the ranges in it. */
export async function program({ nodeIp }: Cluster): Promise<{
  resources: Registered[];
  names: Record<string, string>;
}> {
  const { resources } = await runProgram(() => {
    new EgressProxy("egress", {
      namespace: NAMESPACES.egress,
      image: `registry.example.com/egress@sha256:${"a".repeat(64)}`,
      upstreams: [
        { host: "api.example.com" },
        { host: "billing.example.com", port: 8443, allowedCidrs: ["10.20.0.0/16"] },
      ],
      dns: { controllerNamespace: NAMESPACES.stubDomain },
      mesh: { mode: "optional", controlPlaneNamespace: NAMESPACES.controlPlane },
      monitoring: { namespaces: [NAMESPACES.monitoring] },
      networkPolicies: { nodeCidrs: [`${CONTROL_IP}/32`], apiServerCidrs: [`${nodeIp}/32`] },
    });
    new EgressLockdown("lockdown", {
      namespaces: [NAMESPACES.locked],
      proxyNamespace: NAMESPACES.egress,
      destinations: [{ cidr: `${nodeIp}/32`, ports: [6443] }],
    });
  });
  const names = { [`${nodeIp}/32`]: "the API server", [`${CONTROL_IP}/32`]: "other nodes" };
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
  await addAddresses(cluster, CONTROL_IP, Object.values(ADDRESSES));
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
      const path = "jsonpath={.status.podIP}";
      const host = await kubectl(cluster, ["-n", namespace, "get", "pod", pod.name, "-o", path]);
      return [name, { host, sender: pod }] as const;
    }),
  );
  const clusterDns = await kubectl(cluster, [
    ...[
      "-n",
      "kube-system",
      "get",
      "pods",
      "-l",
      "k8s-app=kube-dns",
      "--field-selector=status.phase=Running",
    ],
    ...["-o", "jsonpath={.items[0].status.podIP}"],
  ]);
  return {
    ...Object.fromEntries(pods),
    ...Object.fromEntries(Object.entries(ADDRESSES).map(([name, host]) => [name, { host }])),
    clusterDns: { host: clusterDns },
    node: { host: cluster.nodeIp },
    otherNode: { host: CONTROL_IP, sender: { address: CONTROL_IP } },
    stranger: { host: "198.51.100.200", sender: { address: "198.51.100.200" } },
  };
}

export async function endScene(cluster: Cluster): Promise<void> {
  const namespaces = Object.values(NAMESPACES);
  await kubectl(cluster, ["delete", "namespace", "--ignore-not-found", "--timeout=120s", ...namespaces]);
  await removeAddresses(cluster, Object.values(ADDRESSES));
}

/** A port of the node that leads to the proxy. */
export async function nodePortOfProxy(cluster: Cluster): Promise<number> {
  const metadata = { name: "node-port", namespace: NAMESPACES.egress };
  const selector = { "app.kubernetes.io/name": "egress-proxy" };
  const spec = { type: "NodePort", selector, ports: [{ port: 80, targetPort: 8080 }] };
  await apply(cluster, [{ apiVersion: "v1", kind: "Service", metadata, spec }]);
  const path = "jsonpath={.spec.ports[0].nodePort}";
  return Number(
    await kubectl(cluster, ["-n", metadata.namespace, "get", "service", metadata.name, "-o", path]),
  );
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
