import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify, parse } from "yaml";
import type { Cluster } from "../../cluster";
import { goProgram, PROMETHEUS, PROMTOOL } from "../../cluster/programs/go-program";
import { run } from "../../cluster/programs/run";
import { freePort } from "../../harness/free-ports";

const MONITORING = resolve(__dirname, "../../../monitoring");
export const RULES = join(MONITORING, "rules.yaml");
const PORT = 19_090;

/** One result of an instant query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** A running Prometheus. */
export interface Prometheus {
  query(expr: string): Promise<Sample[]>;
  /** The API's whole response to an instant query, as curl prints it. */
  response(expr: string): Promise<string>;
  /** Names of the alerts that fire. */
  firing(): Promise<string[]>;
  stop(): Promise<void>;
}

/** The path of promtool, built at first use. */
export async function promtool(): Promise<string> {
  return join(await goProgram(PROMTOOL, console.error), "promtool");
}

/** Starts it in the cluster's network, with the files of `monitoring/`, and waits until it serves. */
export async function startPrometheus(cluster: Cluster): Promise<Prometheus> {
  const [scrape] = parse(await readFile(join(MONITORING, "scrape.yaml"), "utf8")) as [
    { kubernetes_sd_configs: [object] },
  ];
  // In a pod, Prometheus finds the API server by itself.
  scrape.kubernetes_sd_configs[0] = {
    ...scrape.kubernetes_sd_configs[0],
    kubeconfig_file: cluster.kubeconfig,
  };
  return runPrometheus(
    {
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: [RULES],
      scrape_configs: [scrape],
    },
    networkOnly(cluster.enter),
  );
}

/** Starts Prometheus with a configuration, by a command prefix that chooses its network, and waits until it serves. */
export async function runPrometheus(config: object, enter: readonly string[] = []): Promise<Prometheus> {
  const binary = join(await goProgram(PROMETHEUS, console.error), "prometheus");
  const folder = await mkdtemp(join(tmpdir(), "k8s-egress-prometheus-"));
  const port = enter.length > 0 ? PORT : await freePort();
  await writeFile(join(folder, "prometheus.yaml"), stringify(config));
  const inNetwork = (...line: string[]) => [...enter, ...line] as [string, ...string[]];
  const [command, ...args] = inNetwork(binary);
  const child = spawn(
    command,
    [
      ...args,
      `--config.file=${join(folder, "prometheus.yaml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (log = (log + text).slice(-4_000)));
  const response = async (path: string): Promise<string> => {
    const url = `http://127.0.0.1:${port}/api/v1/${path}`;
    const [curl, ...options] = inNetwork("curl", "--silent", "--fail-with-body", url);
    return (await run(curl, options)).stdout;
  };
  const ask = async (path: string): Promise<unknown> =>
    (JSON.parse(await response(path)) as { data: unknown }).data;
  await serving(child, ask, () => log);
  return {
    response: (expr) => response(`query?query=${encodeURIComponent(expr)}`),
    async query(expr) {
      const { result } = (await ask(`query?query=${encodeURIComponent(expr)}`)) as { result: Sample[] };
      return result;
    },
    async firing() {
      const { alerts } = (await ask("alerts")) as {
        alerts: { state: string; labels: { alertname: string } }[];
      };
      return alerts.filter(({ state }) => state === "firing").map(({ labels }) => labels.alertname);
    },
    async stop() {
      const ended = new Promise((done) => child.on("exit", done));
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Not the cluster's mounts: the program and its files are the machine's. */
function networkOnly(enter: readonly string[]): string[] {
  const target = enter[enter.indexOf("--target") + 1]!;
  return ["nsenter", "--target", target, "--net"];
}

async function serving(
  child: ChildProcess,
  ask: (path: string) => Promise<unknown>,
  log: () => string,
): Promise<void> {
  for (let i = 0; i < 120; i++) {
    if (child.exitCode !== null) break;
    if (await ask("status/buildinfo").then(Boolean, () => false)) return;
    await sleep(500);
  }
  throw new Error(`prometheus does not serve: ${log()}`);
}
