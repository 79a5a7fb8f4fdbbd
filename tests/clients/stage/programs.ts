import { RequirementsError, ensurePrograms } from "../../requirements/machine";
import type { Requirement } from "../../requirements/plan";

/** What the suite itself cannot do without. */
const ALWAYS: readonly Requirement[] = [
  { program: "unshare", package: "util-linux", why: "makes namespaces" },
  { program: "ip", package: "iproute2", why: "sets up their network" },
  { program: "openssl", package: "openssl", why: "makes the vendors' certificates" },
];

/** Clients that are Debian's own, or written in a language of its. */
const CLIENTS: readonly Requirement[] = [
  { program: "curl", package: "curl", why: "is one of the clients" },
  { program: "wget", package: "wget", why: "is one of the clients" },
  { program: "git", package: "git", why: "is one of the clients" },
  { program: "ruby", package: "ruby", why: "runs a client" },
  { program: "php", package: "php-cli", why: "runs clients" },
  { program: "php", package: "php-curl", why: "is one of the clients" },
];

const COMMAND = "npm run test:clients";

/**
 * Installs what is missing, where that is possible.
 *
 * @param quick without what is large
 * @throws RequirementsError where the suite can't run; a client whose program is missing is only skipped
 */
export function providePrograms(quick: boolean): void {
  ensurePrograms(COMMAND, ALWAYS);
  const isLarge = ({ program }: Requirement): boolean => program === "ruby" || program === "php";
  try {
    ensurePrograms(
      COMMAND,
      CLIENTS.filter((one) => !quick || !isLarge(one)),
    );
  } catch (error) {
    if (!(error instanceof RequirementsError)) throw error;
  }
}
