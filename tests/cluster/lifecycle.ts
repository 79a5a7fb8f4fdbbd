import { existsSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { buildArtifacts } from "./artifacts";
import type { Cluster } from "./cluster";
import type { Families } from "./families";
import type { Instance } from "./instance";
import { kubernetesVersion } from "./kubernetes-version";
import { instance as instanceNamed } from "./instance";
import { checkRequirements } from "./requirements";
import { isRunning, processId } from "./sandbox/process-id";
import { waitFor } from "./sandbox/wait-for";
import { start } from "./start";
import { readState, writeState } from "./state";
import { halt, stop } from "./stop";

/** How to start a cluster. */
export interface StartOptions {
  /** Which one; by default `K8S_EGRESS_CLUSTER`. */
  readonly instance?: Instance;
  /** Families of its addresses; default: whatever a running cluster has, else IPv4. */
  readonly families?: Families;
  /** Told what is done now, a line at a time. */
  readonly progress?: (line: string) => void;
}

/** A start takes far less; this is for a machine that does much else. */
const START_SECONDS = 300;

/**
 * The running cluster; started if there is none. Two processes that ask at the same time get the same one.
 * When a start fails, its logs stay until the next start or stop.
 *
 * @throws if a cluster with other families or of another version runs
 */
export async function startCluster(options: StartOptions = {}): Promise<Cluster> {
  const { instance = instanceNamed(), families, progress = () => undefined } = options;
  const running = await attachCluster(instance);
  if (running) return asWanted(running, families);
  checkRequirements(families);
  const artifacts = await buildArtifacts(progress);

  while (!(await claim(instance))) {
    if (await isStarting(instance)) progress("another process is starting the cluster");
    await waitFor("the start by another process", START_SECONDS, async () => !(await isStarting(instance)));
    const started = await attachCluster(instance);
    if (started) return asWanted(started, families);
    await stop(instance);
  }
  try {
    return await start(instance, families ?? "ipv4", artifacts, progress);
  } catch (error) {
    if (!existsSync(instance.directory)) {
      throw new Error("the cluster was stopped while it started", { cause: error });
    }
    await halt(instance);
    throw error;
  }
}

/** Builds what starts need, so that the first one is as fast as the others. */
export async function buildCluster(progress: (line: string) => void): Promise<void> {
  checkRequirements();
  await buildArtifacts(progress);
}

/** The running cluster, whoever started it; undefined if there is none. */
export async function attachCluster(instance: Instance = instanceNamed()): Promise<Cluster | undefined> {
  const state = await readState(instance);
  return state?.holder && isRunning(state.holder) ? state.cluster : undefined;
}

/** Ends the cluster and leaves nothing of it behind. Nothing happens where there is none. */
export async function stopCluster(instance: Instance = instanceNamed()): Promise<void> {
  await stop(instance);
}

/** One daemon, and whether it runs. */
export interface DaemonStatus {
  readonly name: string;
  readonly running: boolean;
}

/** The daemons of a cluster that is up; empty where there is none. */
export async function clusterStatus(instance: Instance = instanceNamed()): Promise<DaemonStatus[]> {
  const state = await readState(instance);
  return (state?.daemons ?? []).map((daemon) => ({ name: daemon.name, running: isRunning(daemon) }));
}

function asWanted(cluster: Cluster, wanted: Families | undefined): Cluster {
  if (wanted !== undefined && cluster.families !== wanted) {
    throw new Error(`the running cluster is ${cluster.families}, not ${wanted}: stop it first`);
  }
  const { version } = kubernetesVersion();
  if (cluster.kubernetes !== version) {
    throw new Error(`the running cluster is Kubernetes ${cluster.kubernetes}, not ${version}: stop it first`);
  }
  return cluster;
}

/** Makes the instance's directory, with this process recorded in it, unless there is one. */
async function claim(instance: Instance): Promise<boolean> {
  const unfinished = await mkdtemp(join(dirname(instance.directory), `.${instance.name}-`));
  try {
    const stateFile = join(unfinished, "state.json");
    await writeState({ ...instance, stateFile }, { starter: processId(process.pid), daemons: [] });
    if (existsSync(instance.directory)) return false;
    // Fails where another process was faster, because its directory is not empty.
    await rename(unfinished, instance.directory);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTEMPTY") return false;
    throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function isStarting(instance: Instance): Promise<boolean> {
  const state = await readState(instance);
  return state !== undefined && state.cluster === undefined && isRunning(state.starter);
}
