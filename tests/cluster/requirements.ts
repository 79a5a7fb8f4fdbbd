import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Which Debian package each program comes from. */
const PACKAGES: Readonly<Record<string, string>> = {
  etcd: "etcd-server",
  containerd: "containerd",
  runc: "runc",
  dockerd: "docker.io",
  docker: "docker.io",
  "docker-registry": "docker-registry",
  iptables: "iptables",
  openssl: "openssl",
  ip: "iproute2",
  mount: "mount",
  unshare: "util-linux",
  nsenter: "util-linux",
};
const CNI_PLUGINS = ["/usr/lib/cni/ptp", "/usr/lib/cni/host-local", "/usr/lib/cni/loopback"];
const SYSTEM_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** The search path of the cluster's daemons: the system's programs only. */
export const DAEMON_PATH = SYSTEM_PATH.join(delimiter);

/** Throws one error that names all that is missing to run a cluster, and the packages that bring it. */
export function checkRequirements(): void {
  const problems: string[] = [];
  if (process.platform !== "linux") problems.push("a cluster needs Linux");
  if (process.getuid?.() !== 0) problems.push("a cluster needs root, for its namespaces: run as root");

  const packages = new Set<string>();
  for (const [program, name] of Object.entries(PACKAGES)) {
    if (!SYSTEM_PATH.some((directory) => isExecutable(join(directory, program)))) packages.add(name);
  }
  if (!CNI_PLUGINS.every(isExecutable)) packages.add("containernetworking-plugins");
  if (packages.size > 0) {
    problems.push(`programs are missing: apt-get install --no-install-recommends ${[...packages].join(" ")}`);
  }

  const path = (process.env.PATH ?? "").split(delimiter);
  if (!path.some((directory) => isExecutable(join(directory, "go")))) {
    problems.push("go is not on PATH: install Go 1.26 or newer");
  }
  if (problems.length > 0) throw new Error(`can't start a cluster: ${problems.join("; ")}`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
