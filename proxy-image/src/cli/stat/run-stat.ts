import { setTimeout as sleep } from "node:timers/promises";
import { connectApi } from "../cluster/api";
import { findProxy } from "../cluster/egress-proxies";
import type { Streams } from "../command";
import { COUNTERS, GAUGES, metricRows } from "./metric-rows";
import { readStatOptions, STAT_USAGE } from "./options";
import { report } from "./report";
import { leftOut, scrapeAll, windowOf } from "./scrape";

/**
 * `k8s-egress stat`
 *
 * @returns the exit status
 * @throws UsageError, ClusterError
 */
export async function runStat(argv: string[], { out, err }: Pick<Streams, "out" | "err">): Promise<number> {
  const options = readStatOptions(argv, STAT_USAGE, "upstream");
  if (options === "help") {
    out.write(STAT_USAGE);
    return 0;
  }
  const api = connectApi(options);
  const proxy = await findProxy(api, options);
  const scrape = () => scrapeAll(api, proxy, { counters: COUNTERS, gauges: GAUGES });
  const tell = (messages: readonly string[]) => {
    for (const message of messages) err.write(`left out: ${message}\n`);
  };
  let before = await scrape();
  tell(before.failures);
  do {
    await sleep(options.window * 1_000);
    const after = await scrape();
    tell(leftOut(before, after));
    const window = windowOf(before, after);
    report(
      { seconds: window.seconds, pods: window.gauges.length, rows: metricRows(window, options.by) },
      options,
      out,
    );
    before = after;
  } while (options.watch);
  return 0;
}
