import { randomBytes } from "node:crypto";
import { apply, kubectl, type Cluster } from "../../cluster";
import { NETWORKS } from "../../cluster/addresses";

/** A CoreDNS of a test's own, configured as on some platform, in a namespace in place of `kube-system`. */
export interface OwnDns {
  namespace: string;
  /** ClusterIP of its Service. */
  address: string;
  /** The ConfigMap's data as the API server has it; undefined: there is none. */
  data: (name: string) => Promise<string | undefined>;
  run: (...args: string[]) => Promise<string>;
  /** Creates or replaces a ConfigMap. */
  configure: (name: string, data: Record<string, string>) => Promise<void>;
}

/** How it is configured. */
export interface OwnDnsOptions {
  /** ConfigMap and key of the Corefile. */
  corefile: { name: string; key?: string; text: string };
  /** ConfigMap whose keys are files in the folder `custom`; it may be missing. */
  custom?: string;
  /** Name of Deployment and Service. Default: `coredns`. */
  name?: string;
  /** Whether its Service has the usual label. Default: true. */
  isLabelled?: boolean;
}

/** The block for all names, which go to the cluster's own DNS: so the cluster's names resolve too. */
export const DEFAULT_BLOCK = `.:53 {
    errors
    ready
    prometheus :9153
    forward . ${NETWORKS[4].clusterDnsIp}
    reload 2s 1s
}
`;

/** Makes it, and waits until it answers. */
export async function createOwnDns(
  cluster: Cluster,
  { corefile, custom, name = "coredns", isLabelled = true }: OwnDnsOptions,
): Promise<OwnDns> {
  const namespace = `own-dns-${randomBytes(3).toString("hex")}`;
  const run = (...args: string[]) => kubectl(cluster, args);
  const configure = async (map: string, data: Record<string, string>) =>
    apply(cluster, [{ apiVersion: "v1", kind: "ConfigMap", metadata: { namespace, name: map }, data }]);
  await apply(cluster, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }]);
  const { key = "Corefile" } = corefile;
  await configure(corefile.name, { [key]: corefile.text });
  const labels = { app: name };
  await apply(cluster, [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace, ...(isLabelled && { labels: { "k8s-app": "kube-dns" } }) },
      spec: {
        selector: labels,
        ports: [
          { name: "dns", port: 53, protocol: "UDP" },
          { name: "dns-tcp", port: 53, protocol: "TCP" },
          { name: "metrics", port: 9153, protocol: "TCP" },
        ],
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 0,
            containers: [
              {
                name: "coredns",
                image: cluster.images.coredns,
                args: ["-conf", `/etc/coredns/${key}`],
                readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
                volumeMounts: [
                  { name: "config", mountPath: "/etc/coredns" },
                  ...(custom === undefined ? [] : [{ name: "custom", mountPath: "/etc/coredns/custom" }]),
                ],
              },
            ],
            volumes: [
              { name: "config", configMap: { name: corefile.name } },
              ...(custom === undefined
                ? []
                : [{ name: "custom", configMap: { name: custom, optional: true } }]),
            ],
          },
        },
      },
    },
  ]);
  await run("rollout", "status", `deployment/${name}`, "-n", namespace, "--timeout=120s");
  const address = await run("get", "service", name, "-n", namespace, "-o", "jsonpath={.spec.clusterIP}");
  const data = async (map: string) => {
    const text = await run("get", "configmap", map, "-n", namespace, "--ignore-not-found", "-o", "json");
    return text === "" ? undefined : JSON.stringify((JSON.parse(text) as { data?: object }).data);
  };
  return { namespace, address, data, run, configure };
}
