import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";

import { DAEMON_PATH } from "../requirements";
import { DaemonError } from "./daemon-error";
import { entering, enteringInternet } from "./namespaces";
import type { ProcessId } from "./process-id";
import { isRunning, processId } from "./process-id";
import { waitFor } from "./wait-for";

/** A long-running program of the cluster. */
export interface Daemon {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Asked until it says yes, so it may also throw: no answer is no. */
  readonly isReady: () => boolean | Promise<boolean>;
  readonly readyWithinSeconds?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Runs among the third parties instead of on the node. */
  readonly onInternet?: boolean;
}

/** Where daemons run. */
export interface Sandbox {
  readonly holder: ProcessId;
  readonly directory: string;
  readonly logs: string;
}

/** A daemon that runs. */
export interface RunningDaemon extends ProcessId {
  readonly name: string;
}

/** Starts a daemon and waits until it is ready. */
export async function startDaemon(daemon: Daemon, sandbox: Sandbox): Promise<RunningDaemon> {
  const log = join(sandbox.logs, `${daemon.name}.log`);
  const running = { name: daemon.name, ...launch(daemon, sandbox, log) };
  try {
    await waitFor(daemon.name, daemon.readyWithinSeconds ?? 60, async () => {
      if (!isRunning(running)) throw new DaemonError(daemon.name, "ended", log);
      return Promise.resolve(daemon.isReady()).catch(() => false);
    });
  } catch (error) {
    if (error instanceof DaemonError) throw error;
    throw new DaemonError(daemon.name, `is not ready after ${daemon.readyWithinSeconds ?? 60} s`, log);
  }
  return running;
}

function launch(daemon: Daemon, { holder, directory }: Sandbox, log: string): ProcessId {
  const [enter, ...args] = daemon.onInternet ? enteringInternet(holder) : entering(holder);
  const descriptor = openSync(log, "a");
  const child = spawn(enter!, [...args, daemon.command, ...daemon.args], {
    detached: true,
    stdio: ["ignore", descriptor, descriptor],
    // The caller's environment stays out: its proxies and certificates are not the cluster's.
    env: { PATH: DAEMON_PATH, TMPDIR: join(directory, "tmp"), HOME: directory, ...daemon.env },
  });
  closeSync(descriptor);
  child.unref();
  if (child.pid === undefined) throw new DaemonError(daemon.name, `did not start: ${daemon.command}`, log);
  return processId(child.pid);
}
