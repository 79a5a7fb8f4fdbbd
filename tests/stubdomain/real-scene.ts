import { KubeConfig } from "@kubernetes/client-node";
import { admissionRules } from "../../component/stub-domain-rules/stub-domain-rules";
import { kubeCluster } from "../../proxy-image/src/stubdomain/cluster/kube-cluster";
import {
  nameText,
  type Cluster,
  type ConfigMap,
  type ConfigMapPatch,
} from "../../proxy-image/src/stubdomain/cluster/cluster";
import type { Proof } from "../../proxy-image/src/stubdomain/dns/proof";
import { createMetrics } from "../../proxy-image/src/stubdomain/metrics";
import { neededRights } from "../../proxy-image/src/contract/stub-domain/rights";
import type { Outcome } from "../../proxy-image/src/stubdomain/controller/outcome";
import { reconcile } from "../../proxy-image/src/stubdomain/controller/reconcile";
import { reloadWatch } from "../../proxy-image/src/stubdomain/controller/reload-watch";
import type { World } from "../../proxy-image/src/stubdomain/controller/world";
import type { Spec } from "../../proxy-image/src/contract/stub-domain/spec";
import type { TargetRef } from "../../proxy-image/src/contract/stub-domain/target-ref";
import { apply, kubectl, type Cluster as RealCluster } from "../cluster";

/** A stub domain's surroundings in a real cluster: a Corefile of its own, which no DNS server reads. */
export interface RealScene {
  spec: Spec;
  /** With the controller's rights, and no more. */
  cluster: Cluster;
  /** As administrator. */
  admin: Cluster;
  /** What the cluster's DNS is made to say. */
  proof: { answer: Proof };
  kubectl: (args: string[], input?: string) => Promise<string>;
  round: (spec?: Spec, through?: Cluster) => Promise<Outcome>;
  createAnchor: (spec?: Spec) => Promise<void>;
  deleteAnchor: (spec?: Spec) => Promise<void>;
  anchor: (spec?: Spec) => Promise<ConfigMap | undefined>;
  corefile: () => Promise<string>;
  /** As the API server sends it, byte for byte. */
  managedFields: () => Promise<string>;
  world: (through?: Cluster) => World;
}

/** The rights as the component grants them: a Role in each namespace, each object by its name. */
export function roles(spec: Spec): object[] {
  const all = neededRights(spec);
  return [...new Set(all.map((right) => right.namespace))].flatMap((namespace) => {
    const rights = all.filter((right) => right.namespace === namespace);
    const rules = rights.map(({ verb, group, resource, name }) => ({
      apiGroups: [group],
      resources: [resource],
      verbs: [verb],
      ...(name === undefined ? {} : { resourceNames: [name] }),
    }));
    const name = `stub-${spec.anchor.name}`;
    // Rights to what is in no namespace, such as OpenShift's.
    const scope = namespace === "" ? "Cluster" : "";
    const metadata = namespace === "" ? { name: `${name}-${spec.anchor.namespace}` } : { name, namespace };
    return [
      { apiVersion: "rbac.authorization.k8s.io/v1", kind: `${scope}Role`, metadata, rules },
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: `${scope}RoleBinding`,
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: `${scope}Role`, name: metadata.name },
        subjects: [{ kind: "ServiceAccount", name: "controller", namespace: spec.anchor.namespace }],
      },
    ];
  });
}

/** The policy as the component creates it, with its binding. */
export function admissionPolicy({ anchor, target: corefile, domain }: Spec): object[] {
  const account = { namespace: anchor.namespace, name: "controller" };
  const apiVersion = "admissionregistration.k8s.io/v1";
  const metadata = { name: anchor.namespace };
  const spec = admissionRules({ account, anchor, target: corefile, domain });
  return [
    { apiVersion, kind: "ValidatingAdmissionPolicy", metadata, spec },
    {
      apiVersion,
      kind: "ValidatingAdmissionPolicyBinding",
      metadata,
      spec: { policyName: metadata.name, validationActions: ["Deny"] },
    },
  ];
}

const specs: Spec[] = [];

/** Takes all scenes of this process out of the cluster; what a test left in the middle too. */
export async function removeScenes(real: RealCluster): Promise<void> {
  for (const { anchor, dnsService, target: corefile } of specs.splice(0)) {
    const anchors = await kubectl(real, ["get", "configmaps", "-n", anchor.namespace, "-o", "name"]);
    for (const name of anchors.split("\n").filter((line) => line.includes("/anchor"))) {
      const patch = '{"metadata":{"finalizers":null}}';
      await kubectl(real, ["patch", name, "-n", anchor.namespace, "--type=merge", "-p", patch]);
    }
    const namespaces = [anchor, dnsService, corefile].map(({ namespace }) => namespace);
    await kubectl(real, ["delete", "namespace", "--wait=false", "--ignore-not-found", ...namespaces]);
    const policies = ["validatingadmissionpolicy", "validatingadmissionpolicybinding"];
    await kubectl(real, ["delete", policies.join(","), "--ignore-not-found", anchor.namespace]);
    const cluster = `stub-${anchor.name}-${anchor.namespace}`;
    for (const kind of ["clusterrole", "clusterrolebinding"])
      await kubectl(real, ["delete", kind, cluster, "--ignore-not-found"]);
  }
}

/**
 * Makes namespaces, the Service, the account and the policy for it; the target is for the test to make.
 *
 * @param isGuarded without the policy the account may have several stub domains
 * @param place which target, in a namespace of its own
 */
export async function realScene(
  real: RealCluster,
  isGuarded = true,
  place: (namespace: string) => TargetRef = (namespace) => ({ namespace, name: "coredns" }),
): Promise<RealScene> {
  const prefix = `stub-${process.pid}-${specs.length + 1}`;
  const spec: Spec = {
    domain: "egress.local",
    dnsService: { namespace: `${prefix}-dns`, name: "egress-dns" },
    clusterDomain: "cluster.local",
    target: place(`${prefix}-system`),
    anchor: { namespace: `${prefix}-stub`, name: "anchor" },
    specHash: "abc1",
    proofTimeoutMs: 240_000,
  };
  specs.push(spec);
  const namespaces = [spec.dnsService, spec.target, spec.anchor].map(({ namespace }) => namespace);
  await apply(
    real,
    namespaces.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
  );
  await apply(real, [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: spec.dnsService,
      spec: { ports: [{ port: 53, protocol: "UDP" }] },
    },
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "controller", namespace: spec.anchor.namespace },
    },
    ...roles(spec),
    ...(isGuarded ? admissionPolicy(spec) : []),
  ]);
  const admin = new KubeConfig();
  admin.loadFromFile(real.kubeconfig);
  const token = await kubectl(real, ["create", "token", "controller", "-n", spec.anchor.namespace]);
  const controller = new KubeConfig();
  controller.loadFromClusterAndUser(admin.getCurrentCluster()!, { name: "controller", token: token.trim() });

  const adminCluster = kubeCluster(admin);
  const cluster = kubeCluster(controller);
  const proof: RealScene["proof"] = { answer: { serves: true } };
  const world = (through: Cluster = cluster): World => ({
    cluster: through,
    metrics: createMetrics(),
    now: () => new Date(),
    log: () => undefined,
    pacer: { isDue: () => true, served: () => undefined, reset: () => undefined },
    prove: () => Promise.resolve(proof.answer),
    stillServedBy: () => Promise.resolve(undefined),
    processes: () => Promise.resolve([]),
    resolvers: () => Promise.resolve(["10.96.0.10"]),
    reloads: reloadWatch(),
  });
  const run = (args: string[], input?: string) => kubectl(real, args, input);
  return {
    spec,
    cluster,
    admin: adminCluster,
    proof,
    kubectl: run,
    world,
    round: (own = spec, through = cluster) => reconcile(own, world(through)),
    createAnchor: async ({ anchor } = spec) => {
      const labels = { "k8s-egress/anchor": "stub-domain" };
      await apply(real, [{ apiVersion: "v1", kind: "ConfigMap", metadata: { ...anchor, labels } }], "pulumi");
    },
    deleteAnchor: async ({ anchor } = spec) => {
      await run(["delete", "configmap", anchor.name, "-n", anchor.namespace, "--wait=false"]);
    },
    anchor: ({ anchor } = spec) => adminCluster.configMap(anchor),
    corefile: async () => (await adminCluster.configMap(spec.target))?.data?.Corefile ?? "",
    managedFields: async () =>
      JSON.stringify((await adminCluster.configMap(spec.target))?.metadata.managedFields),
  };
}

/** The target ConfigMap with a Corefile. */
export function target(
  { target: metadata }: Spec,
  corefile: string,
  more: Record<string, string> = {},
): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata,
    data: { Corefile: corefile, ...more },
  });
}

/** By which preflight sees that the cluster's DNS runs in the cluster. */
export function clusterDnsSlice({ target }: Spec): object {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      namespace: target.namespace,
      name: "kube-dns",
      labels: { "k8s-app": "kube-dns", "kubernetes.io/service-name": "dns-default" },
    },
    addressType: "IPv4",
    endpoints: [{ addresses: ["192.0.2.1"], conditions: { ready: true } }],
    ports: [{ name: "dns", protocol: "UDP", port: 53 }],
  };
}

/** A cluster that cuts its client off at the n-th write, before or after it took effect. */
export function cutOff(cluster: Cluster, at: number, where: "before" | "after"): Cluster {
  let count = 0;
  return {
    ...cluster,
    patchConfigMap: async (name, patch: ConfigMapPatch) => {
      const isNow = ++count === at;
      if (isNow && where === "before") throw new Error(`killed before writing ${nameText(name)}`);
      const result = await cluster.patchConfigMap(name, patch);
      if (isNow) throw new Error(`killed after writing ${nameText(name)}`);
      return result;
    },
  };
}
