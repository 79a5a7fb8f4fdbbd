import { prepareEngine } from "../engine/engine";
import type { Families } from "./families";
import { goProgram, PROMETHEUS, PROMTOOL } from "./programs/go-program";
import { attachCluster, buildCluster, clusterStatus, startCluster, stopCluster } from "./lifecycle";
import { checkPolicies } from "./policy-proof";

const USAGE = "usage: npm run cluster -- build|build-tools|start [--dual|--ipv6]|stop|status|check";

/** Options of `start`. */
const FAMILIES: Readonly<Record<string, Families>> = { "--dual": "dual", "--ipv6": "ipv6" };

const progress = (line: string): void => console.error(line);

const commands: Readonly<Record<string, (families?: Families) => Promise<void>>> = {
  /** What a cluster needs. */
  async build() {
    await buildCluster(progress);
    console.log("built");
  },

  /** What some tests need beside a cluster: the Pulumi engine, Prometheus. */
  async "build-tools"() {
    await prepareEngine(progress);
    for (const program of [PROMTOOL, PROMETHEUS]) await goProgram(program, progress);
    console.log("built");
  },

  /** Without a family, one that is up is as it should be. */
  async start(families) {
    const began = performance.now();
    await startCluster({ families, progress });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.error(`started in ${seconds} s`);
    await status();
  },

  async stop() {
    await stopCluster();
    console.log("stopped");
  },

  status,

  async check() {
    const cluster = await attachCluster();
    if (!cluster) throw new Error("no cluster is running");
    await checkPolicies(cluster);
    console.log(`NetworkPolicies  ${cluster.policies}`);
  },
};

async function status(): Promise<void> {
  const cluster = await attachCluster();
  if (!cluster) {
    console.log("not running");
    process.exitCode = 3;
    return;
  }
  console.log("running");
  console.log(`kubeconfig   ${cluster.kubeconfig}`);
  console.log(`kubectl      ${cluster.kubectl}`);
  console.log(`docker host  ${cluster.dockerHost}`);
  console.log(`registry     ${cluster.registry}`);
  console.log(`node image   ${cluster.images.node}`);
  console.log(`kubernetes   ${cluster.kubernetes}`);
  console.log(`families     ${cluster.families}`);
  console.log(`policies     ${cluster.policies}`);
  console.log(`logs         ${cluster.logs}`);
  const ended = (await clusterStatus()).filter(({ running }) => !running);
  for (const { name } of ended) console.log(`ended        ${name}`);
  if (ended.length > 0) process.exitCode = 1;
}

async function main(): Promise<void> {
  const [name = "", ...options] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const [option, ...rest] = name === "start" ? options : [undefined, ...options];
  const families = option === undefined ? undefined : FAMILIES[option];
  if (!command || rest.length > 0 || (option !== undefined && !families)) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  await command(families);
}

// The reader of a pipe has left, as in `status | head -1`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
