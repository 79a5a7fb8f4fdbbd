import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROXY_ADDRESS, VENDOR_RANGE } from "./names";

/** Tells a process that it is the one inside. */
const INSIDE = "EGRESS_CLIENTS_INSIDE";

export function isInside(): boolean {
  return process.env[INSIDE] === "1";
}

/**
 * Runs this program again with a network and a mount namespace of its own: it may then listen on port 80, answer DNS,
 * and be reached by no other process. Returns its exit status. What it writes is kept where it failed.
 */
export async function runInside(main: string, args: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "egress-clients-"));
  const node = [process.execPath, "--import=tsx", main, ...args];
  const child = spawn("unshare", [...namespaces(), "--", ...node], {
    stdio: "inherit",
    env: { ...process.env, [INSIDE]: "1", TMPDIR: folder },
  });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code === 0) rmSync(folder, { recursive: true });
  return code ?? 1;
}

/** Why namespaces can't be had here; undefined if they can. */
export function whyNoNamespace(): string | undefined {
  try {
    execFileSync("unshare", [...namespaces(), "--", "true"], { stdio: "pipe" });
    return undefined;
  } catch {
    return "a network namespace can't be made here: run as root, or allow unprivileged user namespaces";
  }
}

/** Sets up loopback, the vendors' addresses and this machine's DNS server, in this namespace only. */
export function setUpNamespace(): void {
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: "pipe" });
  run("ip", "link", "set", "lo", "up");
  // A local route, and no address of an interface: the proxy refuses addresses of its own pod.
  run("ip", "route", "add", "local", VENDOR_RANGE, "dev", "lo");
  const file = join(mkdtempSync(join(tmpdir(), "egress-clients-")), "resolv.conf");
  writeFileSync(file, `nameserver ${PROXY_ADDRESS}\noptions timeout:2 attempts:1\n`);
  run("mount", "--bind", file, realpathSync("/etc/resolv.conf"));
}

/** Of a user's own too where the user is not root. */
function namespaces(): string[] {
  return [...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]), "--net", "--mount"];
}
