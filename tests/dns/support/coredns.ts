import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { COREDNS, goProgram } from "../../cluster/programs/go-program";
import { whyWithoutGo } from "../../cluster/programs/go-tests";

export { BUILD_TIMEOUT } from "../../cluster/programs/go-tests";

/** Why tests with it are skipped, or false. */
export const withoutGo = whyWithoutGo("CoreDNS");

/** The program, built where the cache lacks it. */
export async function corednsProgram(): Promise<string> {
  return join(await goProgram(COREDNS, (line) => console.error(line)), COREDNS.name);
}

/** A CoreDNS process of a test's own. */
export interface CoreDns extends AsyncDisposable {
  readonly process: ChildProcess;
}

/**
 * Starts CoreDNS and waits until it serves.
 *
 * @param files by name: `Corefile`, and what that names by relative paths
 * @throws Error with its output when it ends instead
 */
export async function startCoreDns(program: string, files: Record<string, string>): Promise<CoreDns> {
  const folder = mkdtempSync(join(tmpdir(), "k8s-egress-coredns-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const output = openSync(join(folder, "output"), "w");
  const child = spawn(program, ["-conf", "Corefile"], { cwd: folder, stdio: ["ignore", output, output] });
  closeSync(output);
  // A test that is cut off must neither wait for it nor leave it behind.
  child.unref();
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const log = () => readFileSync(join(folder, "output"), "utf8");
  const stop = async () => {
    process.off("exit", kill);
    // Not SIGTERM, after which it would answer on for the time of `lameduck`.
    if (kill()) {
      child.ref();
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true });
  };
  // CoreDNS prints its version once all of its sockets listen.
  while (!log().includes("CoreDNS-")) {
    if (child.exitCode !== null) {
      const said = log();
      await stop();
      throw new Error(`CoreDNS does not start: ${said}`);
    }
    await sleep(2);
  }
  return { process: child, [Symbol.asyncDispose]: stop };
}
