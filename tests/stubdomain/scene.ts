import type { EndpointSlice } from "../../proxy-image/src/stubdomain/cluster/cluster";
import { createMetrics } from "../../proxy-image/src/stubdomain/metrics";
import type { Outcome } from "../../proxy-image/src/stubdomain/controller/outcome";
import type { PreflightWorld } from "../../proxy-image/src/stubdomain/controller/preflight";
import { reconcile } from "../../proxy-image/src/stubdomain/controller/reconcile";
import { reloadWatch } from "../../proxy-image/src/stubdomain/controller/reload-watch";
import type { CorednsProcess } from "../../proxy-image/src/stubdomain/dns/coredns-process";
import type { World } from "../../proxy-image/src/stubdomain/controller/world";
import type { Proof } from "../../proxy-image/src/stubdomain/dns/proof";
import type { Spec } from "../../proxy-image/src/contract/stub-domain/spec";
import { readStatus } from "../../proxy-image/src/stubdomain/state/status";
import { COREFILES } from "./corefiles";
import { FakeCluster, ownership } from "./fake-cluster";

export const TARGET = { namespace: "kube-system", name: "coredns" };
export const ANCHOR = { namespace: "egress-stub", name: "anchor" };
export const DNS_SERVICE = { namespace: "egress", name: "egress-dns" };
export const DNS_IP = "10.96.3.4";

export const SPEC: Spec = {
  domain: "egress.local",
  dnsService: DNS_SERVICE,
  clusterDomain: "cluster.local",
  target: TARGET,
  anchor: ANCHOR,
  specHash: "abc1",
  proofTimeoutMs: 240_000,
};

/** Where the cluster's DNS runs. */
export const SLICES: EndpointSlice[] = [
  { endpoints: [{ addresses: ["10.244.0.2"] }], ports: [{ name: "dns", protocol: "UDP", port: 53 }] },
];

/** One controller and its cluster, whose DNS serves what the Corefile says unless told otherwise. */
export interface Scene {
  cluster: FakeCluster;
  world: World;
  logs: string[];
  /** What the processes of the cluster's DNS say about themselves; empty: they can't be asked. */
  processes: CorednsProcess[];
  /** Moves the clock on. */
  pass: (ms: number) => void;
  /** What the cluster's DNS says; absent: it serves when our block is in the Corefile. */
  proof: { answer: Proof | undefined; count: number; stillServedBy: string | undefined };
  round: (spec?: Spec) => Promise<Outcome>;
  corefile: () => string;
  status: () => { state: string; message: string } | undefined;
}

export function scene(corefile = COREFILES.kubeadm!): Scene {
  const cluster = new FakeCluster();
  cluster.create(TARGET, {
    data: { Corefile: corefile },
    metadata: { managedFields: [ownership("kubeadm")] },
  });
  cluster.slices = SLICES;
  cluster.services.set("egress/egress-dns", { metadata: DNS_SERVICE, spec: { clusterIP: DNS_IP } });
  let now = Date.parse("2030-01-01T00:00:00Z");
  const logs: string[] = [];
  const processes: CorednsProcess[] = [];
  const proof: Scene["proof"] = { answer: undefined, count: 0, stillServedBy: undefined };
  const world: World = {
    cluster,
    metrics: createMetrics(),
    now: () => new Date(now),
    log: (message) => logs.push(message),
    pacer: { isDue: () => true, served: () => undefined, reset: () => undefined },
    stillServedBy: () => Promise.resolve(proof.stillServedBy),
    processes: () => Promise.resolve(processes),
    resolvers: () => Promise.resolve(["10.96.0.10"]),
    reloads: reloadWatch(),
    prove: () => {
      proof.count++;
      const isIn = /\n(egress\.local|out\.example)\S* \{/.test(cluster.corefile(TARGET));
      return Promise.resolve(
        proof.answer ?? (isIn ? { serves: true } : { serves: false, reason: "NXDOMAIN" }),
      );
    },
  };
  return {
    cluster,
    world,
    logs,
    processes,
    proof,
    pass: (ms) => {
      now += ms;
    },
    round: (spec = SPEC) => reconcile(spec, world),
    corefile: () => cluster.corefile(TARGET),
    status: () =>
      cluster.configMaps.has("egress-stub/anchor") ? readStatus(cluster.get(ANCHOR)) : undefined,
  };
}

/** What preflight asks of the cluster's DNS: nothing is known of its processes, and its Service is the resolver. */
export function asked(primary?: string): Omit<PreflightWorld, "cluster"> {
  return {
    stranger: () => Promise.resolve(undefined),
    primary: () => Promise.resolve(primary),
    processes: () => Promise.resolve([]),
    resolvers: () => Promise.resolve(["10.96.0.10"]),
  };
}

/** The block that {@link SPEC} leads to. */
export const BLOCK = `
# managed by k8s-egress egress-stub/anchor
egress.local:53 {
  errors
  cache 30 {
    serve_stale 1h verify
  }
  forward . 10.96.3.4 {
    max_concurrent 1000
  }
}
`;
