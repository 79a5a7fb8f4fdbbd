import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds over which the machine is watched before anything starts. */
const WATCHED = 2_000;

/** What the rest of the machine does before the benchmark starts. */
export interface Machine {
  readonly cores: number;
  /** Processor time that others used, as a share of one core. */
  readonly others: number;
}

/** Watches the machine for two seconds. */
export async function watchMachine(): Promise<Machine> {
  const before = busyAndTotal();
  await sleep(WATCHED);
  const after = busyAndTotal();
  const cores = availableParallelism();
  return { cores, others: ((after.busy - before.busy) / (after.total - before.total)) * cores };
}

/** Ticks of all cores since the start; fields by proc_stat(5). Stolen time counts as busy: it was not ours. */
function busyAndTotal(): { busy: number; total: number } {
  const [user, nice, system, idle, wait, irq, softirq, steal] = readFileSync("/proc/stat", "utf8")
    .split("\n")[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number) as [number, number, number, number, number, number, number, number];
  const busy = user + nice + system + irq + softirq + steal;
  return { busy, total: busy + idle + wait };
}
