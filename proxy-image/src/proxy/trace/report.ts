import type { Log } from "../log";

/** Milliseconds between two lines of the log about failed exports. */
const REPORT_EVERY = 60_000;

/** One line a minute for each reason. A collector's own words are shortened: it may be hostile. */
export function createReport(log: Log): (reason: string, error: Error | undefined) => void {
  const last = new Map<string, number>();
  return (reason, error) => {
    const now = performance.now();
    if (now - (last.get(reason) ?? -Infinity) < REPORT_EVERY) return;
    last.set(reason, now);
    const cause = error?.message.slice(0, 200);
    log.warn({ reason, ...(cause !== undefined && { cause }) }, "traces are lost");
  };
}
