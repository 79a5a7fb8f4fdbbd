import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import type { Cluster } from "./cluster";
import type { Instance } from "./instance";
import type { RunningDaemon } from "./sandbox/daemon";
import type { ProcessId } from "./sandbox/process-id";

/** What other processes know of a cluster: enough to use it, and to end it. */
export interface State {
  /** Who started it: while this one runs and `cluster` is missing, the start is under way. */
  readonly starter: ProcessId;
  /** Holds the namespaces: ends with the last process in them, and they with it. */
  readonly holder?: ProcessId;
  readonly daemons: readonly RunningDaemon[];
  /** Once it is up. */
  readonly cluster?: Cluster;
}

/** The recorded state, or undefined where there is no cluster. */
export async function readState({ stateFile }: Instance): Promise<State | undefined> {
  try {
    return JSON.parse(await readFile(stateFile, "utf8")) as State;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Records the state, whole or not at all. */
export async function writeState({ stateFile }: Instance, state: State): Promise<void> {
  await mkdir(dirname(stateFile), { recursive: true });
  const unfinished = `${stateFile}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  await rename(unfinished, stateFile);
}
