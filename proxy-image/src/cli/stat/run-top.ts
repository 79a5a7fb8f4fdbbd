import { setTimeout as sleep } from "node:timers/promises";
import { connectApi } from "../cluster/api";
import { findProxy } from "../cluster/egress-proxies";
import type { Streams } from "../command";
import { sampleNote } from "../log/sample-note";
import type { TapEvent } from "../tap/event";
import { followEvents } from "../tap/follow-events";
import { eventRows } from "./event-rows";
import { readStatOptions, TOP_USAGE } from "./options";
import { report } from "./report";

/** Requests that are kept of a window; the proxy logs at most some 10,000 a second. */
const MOST_EVENTS = 1_000_000;

/**
 * `k8s-egress top`
 *
 * @returns the exit status
 * @throws UsageError, ClusterError
 */
export async function runTop(argv: string[], { out, err }: Pick<Streams, "out" | "err">): Promise<number> {
  const options = readStatOptions(argv, TOP_USAGE, "both");
  if (options === "help") {
    out.write(TOP_USAGE);
    return 0;
  }
  const api = connectApi(options);
  const proxy = await findProxy(api, options);
  const note = sampleNote(proxy);
  if (note !== undefined) err.write(`${note}\n`);
  const stop = new AbortController();
  let events: TapEvent[] = [];
  let tooMany = 0;
  const pods = new Set<string>();
  let begin: () => void = () => undefined;
  const follower = {
    event: (event: TapEvent) => {
      pods.add(event.pod);
      if (events.length < MOST_EVENTS) events.push(event);
      else tooMany++;
    },
    begun: () => begin(),
    lost: (message: string) => err.write(`left out: ${message}\n`),
  };
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const followed = followEvents(api, proxy, follower, stop.signal);
  const measured = async () => {
    await begun;
    do {
      const start = performance.now();
      await sleep(options.window * 1_000, undefined, { signal: stop.signal });
      const seconds = (performance.now() - start) / 1_000;
      report({ seconds, pods: pods.size, rows: eventRows(events, seconds, options.by) }, options, out);
      if (tooMany > 0) err.write(`left out: ${tooMany} requests; measure a shorter --window\n`);
      events = [];
      tooMany = 0;
    } while (options.watch);
  };
  try {
    // The first of the two ends the command: a window that is over, or a log that can't be read.
    await Promise.race([followed, measured()]);
  } finally {
    stop.abort();
  }
  await followed;
  return 0;
}
