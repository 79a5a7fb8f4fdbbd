import type { CorednsProcess } from "../dns/coredns-process";

/** How long mounted ConfigMaps and `reload` may take with a changed file: 90 s and 45 s. */
const PROPAGATION_MS = 180_000;

/** Finds processes that failed to load their file; `version` identifies its content. */
export type ReloadWatch = (processes: readonly CorednsProcess[], version: string, now: Date) => string[];

interface Stale {
  version: string;
  /** When another version was first seen. */
  changedAt?: number;
}

/**
 * Watches the count of failed reloads: after a failure a process keeps its configuration, and tries the same file never
 * again (plugin/reload). So it is stale until the file has changed and no further failure followed.
 *
 * @returns a function that gives the addresses of stale processes
 */
export function reloadWatch(): ReloadWatch {
  const counts = new Map<string, number>();
  const stale = new Map<string, Stale>();
  return (processes, version, now) => {
    for (const { address, failedReloads } of processes) {
      const before = counts.get(address);
      counts.set(address, failedReloads);
      const known = stale.get(address);
      // A new process under the same address counts from zero.
      if (before !== undefined && failedReloads > before) stale.set(address, { version });
      else if (before !== undefined && failedReloads < before) stale.delete(address);
      else if (known && known.version !== version) {
        known.changedAt ??= now.getTime();
        if (now.getTime() - known.changedAt > PROPAGATION_MS) stale.delete(address);
      }
    }
    const present = new Set(processes.map(({ address }) => address));
    for (const address of counts.keys()) {
      if (present.has(address)) continue;
      counts.delete(address);
      stale.delete(address);
    }
    return [...stale.keys()];
  };
}
