import { setTimeout as sleep } from "node:timers/promises";

/** Waits until `condition` holds, at most a minute. */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited 60 s for ${what}`);
    await sleep(250);
  }
}
