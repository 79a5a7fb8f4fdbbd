import { readFileSync } from "node:fs";

/** A process for good: the number alone may belong to another one later. */
export interface ProcessId {
  readonly pid: number;
  /** In clock ticks since boot. */
  readonly started: string;
}

/** The identity of a running process. */
export function processId(pid: number): ProcessId {
  const started = startTime(pid);
  if (started === undefined) throw new Error(`no process ${pid}: it has ended already`);
  return { pid, started };
}

/** Whether that very process still runs; one that waits to be reaped does not. */
export function isRunning({ pid, started }: ProcessId): boolean {
  return startTime(pid) === started;
}

function startTime(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // proc(5): the second field, the name, is in parentheses and may hold spaces; state is the 3rd field,
  // starttime the 22nd.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? undefined : fields[19];
}
