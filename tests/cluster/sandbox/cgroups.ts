import { existsSync } from "node:fs";
import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";

import { waitFor } from "./wait-for";

const ROOT = "/sys/fs/cgroup";

/** Makes the cgroup below which all of the cluster's containers are put, in every hierarchy. */
export async function createCgroups(name: string): Promise<void> {
  for (const hierarchy of await hierarchies()) await mkdir(join(hierarchy, name), { recursive: true });
}

/** Removes that cgroup with all below it. Its processes must have ended. */
export async function removeCgroups(name: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const cgroup = join(hierarchy, name);
    // The kernel may count a process for a moment longer than it runs.
    await waitFor(`removing ${cgroup}`, 10, () => removeTree(cgroup));
  }
}

/** cgroup v2 has one hierarchy, v1 one per controller. */
async function hierarchies(): Promise<string[]> {
  if (existsSync(join(ROOT, "cgroup.controllers"))) return [ROOT];
  const entries = await readdir(ROOT, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(ROOT, entry.name));
}

async function removeTree(cgroup: string): Promise<boolean> {
  if (!existsSync(cgroup)) return true;
  for (const entry of await readdir(cgroup, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeTree(join(cgroup, entry.name));
  }
  // The files in a cgroup are not removed but go with it.
  await rmdir(cgroup).catch(() => undefined);
  return !existsSync(cgroup);
}
