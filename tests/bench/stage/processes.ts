import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";

/** A process of the benchmark's own. */
export interface Running {
  readonly name: string;
  readonly pid: number;
  /** What it writes: its access log, if that goes to standard output. */
  readonly output: string;
  /** On `performance.now()`'s clock. */
  readonly startedAt: number;
}

/** Starts processes and ends them all, each by its own id. */
export class Processes {
  private readonly children: ChildProcess[] = [];
  private readonly outputs: string[] = [];
  private ending = false;

  constructor(private readonly folder: string) {}

  start(name: string, command: string, args: string[], env: NodeJS.ProcessEnv = {}): Running {
    const output = join(this.folder, `${name}.out`);
    const errors = join(this.folder, `${name}.err`);
    // Appending, so that what is emptied stays empty.
    const files = [openSync(output, "a"), openSync(errors, "a")] as const;
    const startedAt = performance.now();
    const child = spawn(command, args, {
      cwd: this.folder,
      stdio: ["ignore", ...files],
      env: { ...process.env, NODE_ENV: "production", NODE_OPTIONS: "", ...env },
    });
    for (const file of files) closeSync(file);
    this.children.push(child);
    this.outputs.push(output);
    child.once("exit", (code, signal) => {
      if (this.ending || child.killed) return;
      const said = readFileSync(errors, "utf8").trim().split("\n").slice(-10).join("\n");
      console.error(`bench: ${name} ended by itself (${signal ?? code}):\n${said}`);
      process.exit(1);
    });
    child.once("error", (error) => {
      console.error(`bench: ${name} does not start: ${error.message}`);
      process.exit(1);
    });
    return { name, pid: child.pid ?? 0, output, startedAt };
  }

  /** Access logs of minutes at full speed would fill a disk. */
  emptyOutputs(): void {
    for (const output of this.outputs) truncateSync(output);
  }

  /** Ends one of them. */
  end(pid: number): void {
    this.children.find((child) => child.pid === pid)?.kill("SIGKILL");
  }

  kill(): void {
    this.ending = true;
    for (const child of this.children) {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    }
  }
}
