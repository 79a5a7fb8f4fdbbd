import { delimiter } from "node:path";
import { goState, planForGo } from "../requirements/go";
import { RequirementsError, ensurePrograms } from "../requirements/machine";
import type { Families } from "./families";
import { familiesOf } from "./families";
import type { Requirement } from "../requirements/plan";

/** Programs of the embedded cluster. */
const PROGRAMS: readonly Requirement[] = [
  { program: "etcd", package: "etcd-server", why: "keeps the cluster's objects" },
  { program: "containerd", package: "containerd", why: "runs pods" },
  { program: "runc", package: "runc", why: "runs containers" },
  { program: "dockerd", package: "docker.io", why: "builds images" },
  { program: "docker", package: "docker.io", why: "builds images" },
  { program: "docker-registry", package: "docker-registry", why: "holds images" },
  { program: "iptables", package: "iptables", why: "routes Services" },
  { program: "openssl", package: "openssl", why: "makes certificates" },
  { program: "ip", package: "iproute2", why: "makes networks" },
  { program: "mount", package: "mount", why: "furnishes namespaces" },
  { program: "unshare", package: "util-linux", why: "makes namespaces" },
  { program: "nsenter", package: "util-linux", why: "enters namespaces" },
  { program: "dig", package: "dnsutils", why: "asks DNS servers" },
  ...["ptp", "host-local", "loopback"].map((plugin) => ({
    program: `/usr/lib/cni/${plugin}`,
    package: "containernetworking-plugins",
    why: "connects pods",
  })),
];
const TRANSLATOR: Requirement = {
  program: "tayga",
  package: "tayga",
  why: "translates IPv6 to IPv4 (NAT64)",
};
const SYSTEM_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** The search path of the cluster's daemons: the system's programs only. */
export const DAEMON_PATH = SYSTEM_PATH.join(delimiter);

/**
 * Makes sure that a cluster can run here: installs Debian's programs where that is possible.
 *
 * @throws RequirementsError that names all that is missing, and what to do
 */
export function checkRequirements(families: Families = "ipv4"): void {
  const problems: string[] = [];
  if (process.platform !== "linux") problems.push("it needs Linux");
  if (process.getuid?.() !== 0) problems.push("it needs root, for its namespaces: run as root");
  const go = planForGo(goState());
  if (go.problem !== undefined) problems.push(go.problem);
  if (problems.length > 0) throw new RequirementsError(`can't start a cluster: ${problems.join("; ")}`);
  const more = [go.requirement, familiesOf(families).includes(6) ? TRANSLATOR : undefined];
  ensurePrograms("a cluster", [...PROGRAMS, ...more.filter((one) => one !== undefined)]);
}
