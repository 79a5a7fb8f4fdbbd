import { readFile } from "node:fs/promises";
import { KubeConfig } from "@kubernetes/client-node";
import { startAdminServer } from "./admin-server";
import { readArgs, UsageError } from "./args";
import { kubeCluster } from "./cluster/kube-cluster";
import { PACE, runController } from "./controller/controller";
import { clusterDns } from "./dns/cluster-dns";
import { createMetrics } from "./metrics";
import { oneLine } from "./one-line";
import { proofPacer } from "./controller/proof-pacer";
import { reloadWatch } from "./controller/reload-watch";

/** The controller hangs if there is no round for this long; the longest pause between rounds is 40 s. */
const HANGS_AFTER_MS = 180_000;

const log = (message: string) =>
  void process.stderr.write(`${new Date().toISOString()} ${oneLine(message)}\n`);

async function main(): Promise<number> {
  const { spec, port } = readArgs(process.argv.slice(2));
  const config = new KubeConfig();
  config.loadFromCluster();
  const cluster = kubeCluster(config);
  const metrics = createMetrics();
  const dns = clusterDns(spec, cluster, () => readFile("/etc/resolv.conf", "utf8"));

  let isReady = false;
  let lastRound = Date.now();
  const health = { isReady: () => isReady, isLive: () => Date.now() - lastRound < HANGS_AFTER_MS };
  const server = await startAdminServer(port, health, metrics.registry);

  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());

  const reason = await runController(
    spec,
    {
      cluster,
      metrics,
      log,
      now: () => new Date(),
      pacer: proofPacer(PACE.proof, () => performance.now()),
      reloads: reloadWatch(),
      ...dns,
      onReady: () => {
        isReady = true;
        log(`ready: waiting for the anchor ${spec.anchor.namespace}/${spec.anchor.name}`);
      },
      onRound: () => {
        lastRound = Date.now();
      },
    },
    stop.signal,
  );
  server.close();
  server.closeAllConnections();
  if (reason === undefined) return 0;
  // Pulumi shows the last lines of a container that exits.
  log(`stub domain ${spec.domain}: ${reason}`);
  return 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (error instanceof UsageError) process.stderr.write(`${error.message}\n`);
    else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  },
);
