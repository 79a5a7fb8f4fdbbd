import { existsSync } from "node:fs";
import { readdir, readFile, readlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

import { run } from "./programs/run";

const HOME = homedir();
const DIRECTORIES = [
  ...["/var/lib", "/var/log", "/run", "/run/netns", "/etc", "/etc/docker", "/opt"],
  ...[HOME, join(HOME, ".kube"), join(HOME, ".kube/cache/discovery"), join(HOME, ".docker")],
];
/** What kubelet would set for the whole machine. */
const SETTINGS = ["vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops"];

/**
 * Everything outside a cluster's own namespaces that it could change, as texts: what one look finds and an
 * earlier one did not was left behind in between.
 */
export async function tracesOnHost(): Promise<string[]> {
  const [links, addresses, routes, routes6, rules, rules6, mounts] = await Promise.all([
    lines("ip", ["-brief", "link"]),
    lines("ip", ["-brief", "address"]),
    lines("ip", ["route"]),
    lines("ip", ["-6", "route"]),
    lines("iptables-save", []),
    lines("ip6tables-save", []),
    readFile("/proc/self/mountinfo", "utf8"),
  ]);
  return [
    ...[...links, ...addresses, ...routes, ...routes6].map((line) => `network: ${line}`),
    // Comments and counters are no rules.
    ...[...rules, ...rules6].filter((line) => line.startsWith("-A")).map((line) => `iptables: ${line}`),
    // Each line is headed by numbers of the moment.
    ...mounts.split("\n").map((line) => `mount: ${line.split(" ").slice(3).join(" ")}`),
    ...(await cgroups()),
    ...(await Promise.all(SETTINGS.map(setting))),
    ...(await Promise.all(DIRECTORIES.map(entries))).flat(),
  ];
}

/** The namespaces of a cluster's processes, those of its containers included; `holder` is its process 1. */
export async function namespacesOf(holder: number): Promise<Set<string>> {
  const all = await processes();
  const own = all.get(holder)?.namespaces[0];
  const isInside = (pid: number): boolean => {
    const found = all.get(pid);
    return found !== undefined && (found.namespaces[0] === own || isInside(found.parent));
  };
  return new Set([...all.keys()].filter(isInside).flatMap((pid) => all.get(pid)!.namespaces));
}

/** All namespaces in which some process runs. */
export async function namespacesInUse(): Promise<Set<string>> {
  return new Set([...(await processes()).values()].flatMap(({ namespaces }) => namespaces));
}

interface Process {
  readonly parent: number;
  readonly namespaces: readonly string[];
}

const KINDS = ["pid", "net", "mnt"];

async function processes(): Promise<Map<number, Process>> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = new Map<number, Process>();
  // A process may end while it is looked at.
  await Promise.all(
    pids.map((pid) =>
      look(pid).then(
        (found) => all.set(pid, found),
        () => undefined,
      ),
    ),
  );
  return all;
}

async function look(pid: number): Promise<Process> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const namespaces = await Promise.all(KINDS.map((kind) => readlink(`/proc/${pid}/ns/${kind}`)));
  return { parent: Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]), namespaces };
}

async function lines(command: string, args: readonly string[]): Promise<string[]> {
  const { stdout } = await run(command, args);
  return stdout.split("\n").map((line) => line.trimEnd());
}

/** Cgroups two levels deep: those of the hierarchies, and what is made at their tops. */
async function cgroups(): Promise<string[]> {
  const root = "/sys/fs/cgroup";
  const tops = await directories(root);
  return [...tops, ...(await Promise.all(tops.map(directories))).flat()];
}

async function setting(name: string): Promise<string> {
  return `${name} = ${await readFile(join("/proc/sys", name), "utf8")}`;
}

async function directories(path: string): Promise<string[]> {
  const all = await readdir(path, { withFileTypes: true });
  return all.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name));
}

async function entries(path: string): Promise<string[]> {
  return existsSync(path) ? (await readdir(path)).map((name) => join(path, name)) : [];
}
