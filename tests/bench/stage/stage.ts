import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Processes } from "./processes";

/** What a run leaves behind until it ends: a folder and processes; both go, however it ends. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), "k8s-egress-bench-"));
  readonly processes = new Processes(this.folder);

  constructor() {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => {
        this.clear();
        process.kill(process.pid, signal);
      });
    }
    process.once("exit", () => this.clear());
  }

  /** Synchronous, because there is no later on the way out. */
  clear(): void {
    this.processes.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A path in the folder. */
  path(name: string): string {
    return join(this.folder, name);
  }
}
