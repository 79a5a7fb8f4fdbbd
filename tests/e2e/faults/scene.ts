import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig } from "@kubernetes/client-node";
import { programOf } from "../../../proxy-image/program.mjs";
import { APPLIED_ANNOTATION } from "../../../proxy-image/src/contract/stub-domain/anchor";
import type { ConfigMap } from "../../../proxy-image/src/stubdomain/cluster/cluster";
import { PROBE_LABEL } from "../../../proxy-image/src/contract/stub-domain/probe";
import type { Spec } from "../../../proxy-image/src/contract/stub-domain/spec";
import { readStatus } from "../../../proxy-image/src/stubdomain/state/status";
import { apply, type Cluster, kubectl } from "../../cluster";
import { admissionPolicy, roles } from "../../stubdomain/real-scene";
import type { ControllerOptions } from "./controller";
import type { Queries } from "./queries";

/** A stub domain in the cluster's own DNS, whose controller is a process that can be killed at any write. */
export interface FaultScene {
  spec: Spec;
  run: (args: string[], input?: string) => Promise<string>;
  startController: (options?: Pick<ControllerOptions, "die"> & { spec?: Spec }) => Controller;
  createAnchor: () => Promise<void>;
  anchor: () => Promise<ConfigMap | undefined>;
  state: () => Promise<string | undefined>;
  applied: () => Promise<boolean>;
  corefile: () => Promise<string>;
  /** Asks the cluster's DNS all the while. */
  startQueries: () => { stop: () => Promise<Queries> };
  /** Collects every version of the Corefile. */
  watchCorefile: () => { versions: Set<string>; stop: () => Promise<void> };
  remove: () => Promise<void>;
}

export interface Controller {
  /** Its log, and whether it was killed or ended by itself. */
  ended: Promise<{ log: string; signal: string | null }>;
  stop: () => Promise<void>;
}

const NAMESPACE = "faults";

export async function faultScene(cluster: Cluster): Promise<FaultScene> {
  const spec: Spec = {
    domain: "egress.local",
    dnsService: { namespace: NAMESPACE, name: "egress-dns" },
    clusterDomain: cluster.clusterDomain,
    target: { namespace: "kube-system", name: "coredns" },
    anchor: { namespace: NAMESPACE, name: "anchor" },
    specHash: "abc1",
    proofTimeoutMs: 240_000,
  };
  const run = (args: string[], input?: string) => kubectl(cluster, args, input);
  const directory = await mkdtemp(join(tmpdir(), "k8s-egress-faults-"));
  await apply(cluster, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } }]);
  await apply(cluster, [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "controller", namespace: NAMESPACE } },
    ...roles(spec),
    ...admissionPolicy(spec),
    ...dnsServer(spec, cluster.images.coredns),
  ]);
  await run(["rollout", "status", "deployment/egress-dns", "-n", NAMESPACE, "--timeout=120s"]);
  const kubeconfig = join(directory, "kubeconfig");
  await writeFile(kubeconfig, await kubeconfigOf(cluster, run));
  for (const name of ["controller", "queries"]) {
    await writeFile(join(directory, `${name}.cjs`), await programOf(join(__dirname, `${name}.ts`)));
  }
  const resolvConf = [
    `nameserver ${cluster.clusterDnsIp}`,
    `search ${NAMESPACE}.svc.cluster.local svc.cluster.local cluster.local`,
  ].join("\n");
  const start = (name: string, argument: string) => {
    const [enter, ...args] = cluster.enter;
    return spawn(enter!, [...args, process.execPath, join(directory, `${name}.cjs`), argument], {
      stdio: ["pipe", "pipe", "pipe"],
    });
  };
  const anchor = async () => {
    const text = await run([
      "get",
      "configmap",
      spec.anchor.name,
      "-n",
      NAMESPACE,
      "--ignore-not-found",
      "-o",
      "json",
    ]);
    return text === "" ? undefined : (JSON.parse(text) as ConfigMap);
  };
  return {
    spec,
    run,
    anchor,
    startController: ({ die, spec: own = spec } = {}) =>
      controllerOf(start("controller", JSON.stringify({ spec: own, kubeconfig, resolvConf, die }))),
    createAnchor: () =>
      apply(cluster, [{ apiVersion: "v1", kind: "ConfigMap", metadata: spec.anchor }], "pulumi"),
    state: async () => {
      const found = await anchor();
      return found && readStatus(found)?.state;
    },
    applied: async () => (await anchor())?.metadata.annotations?.[APPLIED_ANNOTATION] === spec.specHash,
    corefile: () =>
      run(["get", "configmap", "coredns", "-n", "kube-system", "-o", "jsonpath={.data.Corefile}"]),
    startQueries: () => {
      const child = start("queries", cluster.clusterDnsIp);
      const output = textOf(child);
      return {
        stop: async () => {
          child.stdin.end();
          await once(child, "close");
          return JSON.parse(output.stdout) as Queries;
        },
      };
    },
    watchCorefile: () => watchCorefile(cluster),
    remove: async () => {
      const patch = '{"metadata":{"finalizers":null}}';
      if (await anchor())
        await run(["patch", "configmap", spec.anchor.name, "-n", NAMESPACE, "--type=merge", "-p", patch]);
      const policies = "validatingadmissionpolicy,validatingadmissionpolicybinding";
      await run(["delete", policies, NAMESPACE, "--ignore-not-found"]);
      await run([
        "delete",
        "role,rolebinding",
        `stub-${spec.anchor.name}`,
        "-n",
        "kube-system",
        "--ignore-not-found",
      ]);
      await run(["delete", "namespace", NAMESPACE, "--wait=false"]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function controllerOf(child: ReturnType<typeof spawn>): Controller {
  const output = textOf(child);
  const ended = once(child, "close").then(([, signal]) => ({
    log: output.stderr,
    signal: signal as string | null,
  }));
  return {
    ended,
    stop: async () => {
      child.stdin!.end();
      await ended;
    },
  };
}

function textOf(child: ChildProcess): { stdout: string; stderr: string } {
  const text = { stdout: "", stderr: "" };
  child.stdout!.setEncoding("utf8").on("data", (chunk: string) => (text.stdout += chunk));
  child.stderr!.setEncoding("utf8").on("data", (chunk: string) => (text.stderr += chunk));
  return text;
}

/** A watch sees every version, not only those that are there when somebody looks. */
function watchCorefile({ kubectl: program, kubeconfig }: Cluster) {
  const versions = new Set<string>();
  const args = ["--kubeconfig", kubeconfig, "get", "configmap", "coredns", "-n", "kube-system"];
  const child = spawn(program, [...args, "--watch", "--show-managed-fields", "-o", "jsonpath={@}{'\\n'}"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const { data, metadata } = JSON.parse(line) as ConfigMap;
      const isOurs = metadata.managedFields?.some(
        ({ manager, fieldsV1 }) => manager === "k8s-egress" && fieldsV1?.["f:data"]?.["f:Corefile"],
      );
      if (isOurs) versions.add(data?.Corefile ?? "");
    }
  });
  const closed = once(child, "close");
  return {
    versions,
    stop: async () => {
      // What was written last may still be on its way.
      await sleep(500);
      child.kill();
      await closed;
    },
  };
}

async function kubeconfigOf(cluster: Cluster, run: FaultScene["run"]): Promise<string> {
  const admin = new KubeConfig();
  admin.loadFromFile(cluster.kubeconfig);
  const token = await run(["create", "token", "controller", "-n", NAMESPACE]);
  const config = new KubeConfig();
  config.loadFromClusterAndUser(admin.getCurrentCluster()!, { name: "controller", token: token.trim() });
  return config.exportConfig();
}

function dnsServer({ dnsService, domain, clusterDomain }: Spec, image: string): object[] {
  const labels = { app: dnsService.name };
  const mname = `${dnsService.name}.${dnsService.namespace}.svc.${clusterDomain}.`;
  const ports = [
    { name: "dns", port: 53, protocol: "UDP" },
    { name: "dns-tcp", port: 53, protocol: "TCP" },
  ];
  const container = {
    name: "coredns",
    image,
    args: ["-conf", "/etc/coredns/Corefile"],
    volumeMounts: [{ name: "config", mountPath: "/etc/coredns" }],
  };
  return [
    { apiVersion: "v1", kind: "Service", metadata: dnsService, spec: { selector: labels, ports } },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: dnsService,
      data: {
        Corefile: `${domain}:53 {\n  file /etc/coredns/zone\n}\n.:53 {\n  forward . /etc/resolv.conf\n}\n`,
        zone: [
          `$ORIGIN ${domain}.`,
          `@ 5 IN SOA ${mname} hostmaster.${domain}. 1 3600 600 86400 5`,
          `@ 5 IN NS ${mname}`,
          `${PROBE_LABEL} 5 IN CNAME ${mname}`,
          "",
        ].join("\n"),
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: dnsService,
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 0,
            containers: [container],
            volumes: [{ name: "config", configMap: { name: dnsService.name } }],
          },
        },
      },
    },
  ];
}
