import { readFileSync } from "node:fs";

/** Linux counts CPU time in hundredths of a second, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;
/** Milliseconds. */
const SAMPLE_EVERY = 100;

/** Processor time that a process has used so far, all of its threads, in seconds. */
export function cpuSeconds(pid: number): number {
  // The command's name is in parentheses and may have spaces in it.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory, in MiB. */
export function residentMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1_024;
}

/** Watches a process while something is done. */
export async function watched<T>(
  pid: number,
  doing: () => Promise<T>,
): Promise<{ result: T; cpu: number; rss: number }> {
  const before = cpuSeconds(pid);
  let rss = residentMiB(pid);
  const timer = setInterval(() => (rss = Math.max(rss, residentMiB(pid))), SAMPLE_EVERY);
  try {
    const result = await doing();
    return { result, cpu: cpuSeconds(pid) - before, rss };
  } finally {
    clearInterval(timer);
  }
}
