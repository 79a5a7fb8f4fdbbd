import { execFileSync } from "node:child_process";
import { findProgram } from "./machine";
import type { Requirement } from "./plan";

/** What the Go modules here ask for. */
const WANTED = "1.26";
/** From this release on, Go fetches a newer one that a module asks for (go.dev/doc/toolchain). */
const FETCHES = "1.21";

const INSTALL = `install Go ${WANTED} or newer (go.dev/doc/install), it compiles Kubernetes`;

/** What there is of Go on a machine. */
export interface GoState {
  /** Of the `go` on PATH; undefined without one. */
  readonly version: string | undefined;
  /** Of Debian's package; undefined where there is none. */
  readonly packaged: string | undefined;
  /** The setting GOTOOLCHAIN; `local` forbids to fetch a newer release. */
  readonly toolchain: string | undefined;
}

/** What is to be done about Go: nothing, to install Debian's package, or a sentence for people. */
export interface GoPlan {
  readonly requirement?: Requirement;
  readonly problem?: string;
}

/** Decides by versions alone. */
export function planForGo({ version, packaged, toolchain }: GoState): GoPlan {
  if (version === undefined) {
    if (packaged !== undefined && isUsable(packaged, toolchain))
      return { requirement: { program: "go", package: "golang-go", why: "compiles Kubernetes" } };
    const instead = packaged === undefined ? "" : `, and this system's golang-go is ${packaged}`;
    return { problem: `go is not on PATH${instead}: ${INSTALL}` };
  }
  if (isUsable(version, toolchain)) return {};
  const why = isOlder(version, FETCHES) ? "too old" : "older than that, and GOTOOLCHAIN forbids to fetch it";
  return { problem: `go on PATH is ${version}, ${why}: ${INSTALL}` };
}

/** Of this machine. */
export function goState(): GoState {
  const go = findProgram("go");
  const output = (command: string, ...args: string[]): string => {
    try {
      return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    } catch {
      return "";
    }
  };
  return {
    version: go && /\bgo(\d+\.\d+)/.exec(output(go, "version"))?.[1],
    packaged: /Candidate: 2:(\d+\.\d+)/.exec(output("apt-cache", "policy", "golang-go"))?.[1],
    toolchain: go ? output(go, "env", "GOTOOLCHAIN").trim() : process.env.GOTOOLCHAIN,
  };
}

function isUsable(version: string, toolchain: string | undefined): boolean {
  return !isOlder(version, toolchain === "local" ? WANTED : FETCHES);
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = than.split(".").map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
