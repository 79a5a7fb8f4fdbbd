/** A program that a command needs, and the Debian package that brings it. */
export interface Requirement {
  /** For messages. */
  readonly program: string;
  /** In Debian and Ubuntu. */
  readonly package: string;
  /** What the command does with it: the end of "needs ... ". */
  readonly why: string;
}

/** The machine that a command runs on. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  /** Whether it has apt-get: Debian, Ubuntu and their kin. */
  readonly hasApt: boolean;
}

/** What is to be done about missing programs. */
export type Plan =
  | { readonly kind: "ready" }
  | { readonly kind: "install"; readonly packages: readonly string[]; readonly text: string }
  | { readonly kind: "tell"; readonly text: string };

/**
 * Decides what becomes of missing programs: as root on Debian they are installed, elsewhere the exact command is named.
 *
 * @param command what is run: `npm run demo`
 */
export function planFor(command: string, missing: readonly Requirement[], machine: Machine): Plan {
  if (missing.length === 0) return { kind: "ready" };
  const packages = [...new Set(missing.map((one) => one.package))];
  const list = missing.map(({ program, why }) => `  ${program}: ${why}`).join("\n");
  const needs = `${command} needs programs that are not here:\n${list}\n`;
  const install = `apt-get install --no-install-recommends ${packages.join(" ")}`;
  if (machine.platform !== "linux") {
    return {
      kind: "tell",
      text: `${needs}They are Linux programs: run it on Debian or Ubuntu, or in a container of it, as root.`,
    };
  }
  if (!machine.hasApt) {
    return {
      kind: "tell",
      text: `${needs}Install them with this system's package manager. Debian's packages are: ${packages.join(" ")}.`,
    };
  }
  if (!machine.isRoot) {
    return { kind: "tell", text: `${needs}Install them: sudo apt-get update && sudo ${install}` };
  }
  return { kind: "install", packages, text: `${needs}Installing them: ${install}` };
}
