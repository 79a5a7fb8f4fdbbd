import { connectApi } from "../cluster/api";
import { findProxy } from "../cluster/egress-proxies";
import type { Streams } from "../command";
import { sampleNote } from "../log/sample-note";
import { styleFor } from "../terminal/style";
import type { TapEvent } from "./event";
import { matches } from "./filter";
import { followEvents } from "./follow-events";
import { asJsonLine, asLine } from "./formats";
import { readTapOptions, TAP_USAGE } from "./options";

/**
 * `k8s-egress tap`
 *
 * @returns the exit status, after `--max` requests; otherwise it does not end
 * @throws UsageError, ClusterError
 */
export async function runTap(argv: string[], { out, err }: Pick<Streams, "out" | "err">): Promise<number> {
  const options = readTapOptions(argv);
  if (options === "help") {
    out.write(TAP_USAGE);
    return 0;
  }
  const { filter, paths, max, format } = options;
  const api = connectApi(options);
  const proxy = await findProxy(api, options);
  const note = sampleNote(proxy);
  if (note !== undefined) err.write(`${note}\n`);
  const stop = new AbortController();
  const style = styleFor(out);
  let shown = 0;
  const event = (event: TapEvent) => {
    if (stop.signal.aborted || !matches(event, filter)) return;
    out.write(format === "json" ? asJsonLine(event, paths) : asLine(event, paths, style));
    if (++shown === max) stop.abort();
  };
  const lost = (message: string) => err.write(`left out: ${message}\n`);
  await followEvents(api, proxy, { event, lost }, stop.signal);
  return 0;
}
