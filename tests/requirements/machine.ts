import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Machine, type Requirement, planFor } from "./plan";

/** Debian keeps servers in sbin, which is not on everybody's PATH. */
const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** Programs could not be had; the message says what to do. */
export class RequirementsError extends Error {
  override readonly name = "RequirementsError";
}

/** Where a program is; undefined where it is not. */
export function findProgram(program: string, folders = searchPath()): string | undefined {
  if (program.startsWith("/")) return isExecutable(program) ? program : undefined;
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

/**
 * Makes sure that a command's programs are there: as root on Debian and Ubuntu it installs what is missing, saying what
 * and why.
 *
 * @param command what is run: `npm run demo`
 * @throws RequirementsError where that is not possible
 */
export function ensurePrograms(command: string, requirements: readonly Requirement[]): void {
  const missing = requirements.filter(({ program }) => !findProgram(program));
  const plan = planFor(command, missing, thisMachine());
  if (plan.kind === "ready") return;
  if (plan.kind === "tell") throw new RequirementsError(plan.text);
  console.error(plan.text);
  const install = ["install", "-y", "-qq", "--no-install-recommends", ...plan.packages];
  // The lists may be older than what they name, or not there at all.
  if (!apt(install).ok) {
    apt(["update", "-qq"]);
    const { ok, output } = apt(install);
    if (!ok) throw new RequirementsError(`apt-get ${install.join(" ")} failed:\n${output}`);
  }
}

function apt(args: readonly string[]): { ok: boolean; output: string } {
  const { status, stdout, stderr } = spawnSync("apt-get", args, {
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { ok: status === 0, output: `${stdout}${stderr}`.trim().slice(-2_000) };
}

function thisMachine(): Machine {
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    hasApt: findProgram("apt-get", SYSTEM_FOLDERS) !== undefined,
  };
}

function searchPath(): string[] {
  return [...(process.env.PATH ?? "").split(delimiter), ...SYSTEM_FOLDERS];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
