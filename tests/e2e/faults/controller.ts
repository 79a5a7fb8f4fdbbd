import { KubeConfig } from "@kubernetes/client-node";
import type { Cluster } from "../../../proxy-image/src/stubdomain/cluster/cluster";
import { kubeCluster } from "../../../proxy-image/src/stubdomain/cluster/kube-cluster";
import { PACE, runController } from "../../../proxy-image/src/stubdomain/controller/controller";
import { clusterDns } from "../../../proxy-image/src/stubdomain/dns/cluster-dns";
import { createMetrics } from "../../../proxy-image/src/stubdomain/metrics";
import { proofPacer } from "../../../proxy-image/src/stubdomain/controller/proof-pacer";
import { reloadWatch } from "../../../proxy-image/src/stubdomain/controller/reload-watch";
import type { Spec } from "../../../proxy-image/src/contract/stub-domain/spec";

/** What the controller's process is told, as JSON in its first argument. */
export interface ControllerOptions {
  spec: Spec;
  /** With the controller's own token. */
  kubeconfig: string;
  resolvConf: string;
  /** Dies as by SIGKILL at this write, before it is sent or after it took effect. */
  die?: { at: number; when: "before" | "after" };
}

/** The controller's life as in its pod, as a process on the node; it ends with its standard input. */
async function main({ spec, kubeconfig, resolvConf, die }: ControllerOptions): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const cluster = mortal(kubeCluster(config), die);
  process.stdin.on("end", () => process.exit(0)).resume();
  const reason = await runController(
    spec,
    {
      cluster,
      metrics: createMetrics(),
      log: (message) => void process.stderr.write(`${message}\n`),
      now: () => new Date(),
      pacer: proofPacer(2_000, () => performance.now()),
      reloads: reloadWatch(),
      ...clusterDns(spec, cluster, () => Promise.resolve(resolvConf)),
      onReady: () => void process.stdout.write("ready\n"),
      onRound: () => undefined,
    },
    new AbortController().signal,
    { ...PACE, busy: 500, idle: 500 },
  );
  process.stderr.write(`${reason ?? "stopped"}\n`);
  process.exit(reason === undefined ? 0 : 1);
}

function mortal(cluster: Cluster, die: ControllerOptions["die"]): Cluster {
  if (!die) return cluster;
  let count = 0;
  return {
    ...cluster,
    patchConfigMap: async (name, patch) => {
      const isLast = ++count === die.at;
      if (isLast && die.when === "before") process.kill(process.pid, "SIGKILL");
      const result = await cluster.patchConfigMap(name, patch);
      if (isLast) process.kill(process.pid, "SIGKILL");
      return result;
    },
  };
}

void main(JSON.parse(process.argv[2]!) as ControllerOptions);
