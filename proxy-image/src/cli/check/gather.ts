import type { KubeConfig } from "@kubernetes/client-node";
import { InvalidPolicyError } from "../../contract/policy/validate";
import { TARGET_KINDS, TARGET_OBJECTS } from "../../contract/stub-domain/target-ref";
import { ApiError, type Cluster } from "../../stubdomain/cluster/cluster";
import { kubeCluster } from "../../stubdomain/cluster/kube-cluster";
import { survey } from "../../stubdomain/controller/survey";
import type { Api } from "../cluster/api";
import { ClusterError } from "../cluster/cluster-error";
import { type InstalledProxy, policyOf } from "../cluster/egress-proxies";
import { podsWith } from "../cluster/pods";
import { scrapeAll } from "../stat/scrape";
import { checkCertificates, EXPIRY } from "./certificates";
import { checkClocks } from "./clock";
import { checkVersion } from "./cluster-version";
import { checkDns } from "./dns-target";
import { type Finding, page } from "./finding";
import { lookAtMesh } from "./look-at-mesh";
import { checkEngine, type DaemonSet } from "./network-policy-engine";
import { lookAtPods } from "./look-at-pods";
import { checkPolicy, type ReadPolicy } from "./policy";
import { lookAtRights } from "./look-at-rights";
import { checkStubDomain } from "./stub-domain";

/** What is checked, and where. */
export interface Surroundings {
  readonly config: KubeConfig;
  readonly api: Api;
  /** Undefined before the installation. */
  readonly proxy: InstalledProxy | undefined;
  /** Where the EgressProxy is or will be. */
  readonly namespace: string;
}

/** A controller of the stub domain, with what is read of its Deployment. */
interface Controller {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly args?: string[] }[] } };
  };
}

/** Makes all checks; what can't be asked is a finding too. */
export async function gather({ config, api, proxy, namespace }: Surroundings): Promise<Finding[]> {
  const cluster = kubeCluster(config);
  const { version, groups } = await cluster.platform();
  const meshMode = proxy && (valueOf(proxy.args, "mesh") ?? "none");
  const controllers = proxy ? controllersOf(api, proxy) : Promise.resolve([]);
  const policy = proxy && readPolicy(api, proxy);
  const all = await Promise.all([
    attempt("rights", async () =>
      lookAtRights(cluster, {
        namespace,
        name: proxy?.name ?? "egress",
        instance: instanceOf(proxy),
        isMeshed: meshMode !== "none",
        // Where the Deployments can't be listed, the default: one.
        hasController: !proxy || (await controllers.catch(() => [undefined])).length > 0,
      }),
    ),
    attempt("linkerd", () => lookAtMesh(api, policy, groups, meshMode)),
    attempt("dns target", async () => lookAtDns(cluster, await controllers)),
    attempt("network policy", async () => [checkEngine(await daemonSets(api), version)]),
    ...(proxy && policy
      ? [
          ...health({ api, cluster, proxy, controllers, policy }),
          attempt("certificates", () => lookAtMetrics(api, proxy)),
        ]
      : []),
  ]);
  return [checkVersion(version), ...all.flat()];
}

/** Only pods and stub domain of an installed EgressProxy. */
export async function gatherHealth({
  config,
  api,
  proxy,
}: Pick<Surroundings, "config" | "api"> & {
  readonly proxy: InstalledProxy;
}): Promise<Finding[]> {
  const [controllers, policy] = [controllersOf(api, proxy), readPolicy(api, proxy)];
  return (
    await Promise.all(health({ api, cluster: kubeCluster(config), proxy, controllers, policy }))
  ).flat();
}

interface Health {
  readonly api: Api;
  readonly cluster: Cluster;
  readonly proxy: InstalledProxy;
  readonly controllers: Promise<readonly Controller[]>;
  readonly policy: Promise<ReadPolicy>;
}

function health({ api, cluster, proxy, controllers, policy }: Health): Promise<Finding[]>[] {
  const meshed = (valueOf(proxy.args, "mesh") ?? "none") !== "none";
  // Only whether there should be pods; that the controllers can't be read, the stub domain's check says.
  const isInstalled = controllers.then(
    ({ length }) => length > 0,
    () => false,
  );
  const pods = podsWith(api, proxy.namespace, proxy.selector);
  return [
    attempt("policy", async () => [checkPolicy(proxy, await policy, await pods)]),
    attempt("proxy pods", async () =>
      lookAtPods(api, "proxy pods", await pods, { wanted: proxy.replicas, isMeshed: meshed }),
    ),
    attempt("dns pods", async () => lookAtDnsPods(api, proxy, await isInstalled)),
    attempt("stub domain", async () => lookAtStubDomains(cluster, await controllers)),
  ];
}

/** A check that can't be made is a warning with the reason: usually a right that is missing. */
async function attempt(subject: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof ClusterError || error instanceof ApiError)) throw error;
    return [
      {
        level: "warning",
        subject,
        text: `not checked: ${error.message}`,
        remedy: "give the kubeconfig's user the right to read this, and check again",
        link: page("docs/observability.md"),
      },
    ];
  }
}

/** Never rejected: that the policy can't be read is a finding of its own. */
async function readPolicy(api: Api, proxy: InstalledProxy): Promise<ReadPolicy> {
  try {
    return await policyOf(api, proxy);
  } catch (error) {
    if (error instanceof ClusterError || error instanceof InvalidPolicyError) return error;
    throw error;
  }
}

async function lookAtDns(cluster: Cluster, controllers: readonly Controller[]): Promise<Finding[]> {
  const kinds = controllers.flatMap((one) => {
    const kind = valueOf(argsOf(one), "target-kind");
    return TARGET_KINDS.filter((known) => known === kind);
  });
  // Nobody's resolvers: this is no pod. The cache on the nodes is looked at apart.
  const target = { kind: "coredns" as const, ...TARGET_OBJECTS.coredns };
  return checkDns(await survey(cluster, { target }, () => Promise.resolve([])), kinds);
}

async function daemonSets(api: Api): Promise<DaemonSet[]> {
  const reading = { verb: "list", resource: "daemonsets.apps", path: "/apis/apps/v1/daemonsets" } as const;
  return (await api.json<{ items: DaemonSet[] }>(reading)).items;
}

async function lookAtDnsPods(api: Api, proxy: InstalledProxy, isInstalled: boolean): Promise<Finding[]> {
  const selector = { ...proxy.selector, "app.kubernetes.io/name": "egress-dns" };
  const pods = await podsWith(api, proxy.namespace, selector);
  return pods.length > 0 || isInstalled
    ? lookAtPods(api, "dns pods", pods, { wanted: 2, isMeshed: false })
    : [];
}

/** Before the installation that of the documentation's examples. */
function instanceOf(proxy: InstalledProxy | undefined): string {
  return proxy?.selector["app.kubernetes.io/instance"] ?? proxy?.name ?? "egress";
}

async function controllersOf(api: Api, proxy: InstalledProxy): Promise<Controller[]> {
  const labelSelector = `app.kubernetes.io/name=egress-stub-domain,app.kubernetes.io/instance=${instanceOf(proxy)}`;
  const { items } = await api.json<{ items: Controller[] }>({
    verb: "list",
    resource: "deployments.apps",
    path: `/apis/apps/v1/deployments?${new URLSearchParams({ labelSelector }).toString()}`,
  });
  const service = `--dns-service=${proxy.namespace}/`;
  return items.filter((one) => argsOf(one).some((arg) => arg.startsWith(service)));
}

async function lookAtStubDomains(cluster: Cluster, controllers: readonly Controller[]): Promise<Finding[]> {
  const findings = await Promise.all(
    controllers.map(async (controller) => {
      const [namespace = "", name = ""] = (valueOf(argsOf(controller), "anchor") ?? "").split("/");
      const anchor = await cluster.configMap({ namespace, name });
      return checkStubDomain(valueOf(argsOf(controller), "target") ?? "", anchor, Date.now());
    }),
  );
  return findings.flat();
}

async function lookAtMetrics(api: Api, proxy: InstalledProxy): Promise<Finding[]> {
  const { pods } = await scrapeAll(api, proxy, { counters: new Set(), gauges: EXPIRY });
  const clocks = [...pods].flatMap(([pod, { clock }]) => (clock ? [{ pod, ...clock }] : []));
  const gauges = [...pods.values()].map((scrape) => scrape.gauges);
  return [...checkCertificates(gauges, Date.now()), ...checkClocks(clocks)];
}

function argsOf({ spec }: Controller): readonly string[] {
  return spec.template.spec.containers[0]?.args ?? [];
}

function valueOf(args: readonly string[], name: string): string | undefined {
  const prefix = `--${name}=`;
  return args.find((one) => one.startsWith(prefix))?.slice(prefix.length);
}
