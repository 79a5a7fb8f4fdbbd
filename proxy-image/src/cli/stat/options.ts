import type { ProxyChoice } from "../cluster/egress-proxies";
import {
  CLUSTER_USAGE,
  FORMAT_OPTION,
  FORMAT_USAGE,
  type Format,
  formatOf,
  numberOf,
  readOptions,
} from "../cluster/options";
import type { ClusterChoice } from "../kubeconfig";
import { type Grouping, GROUPINGS } from "./row";

/** The options of `k8s-egress stat` and `k8s-egress top`. */
export interface StatOptions extends ClusterChoice, ProxyChoice {
  readonly by: Grouping;
  /** Seconds that are measured. */
  readonly window: number;
  /** Measures again and again. */
  readonly watch: boolean;
  readonly format: Format;
}

const OPTIONS_USAGE = `  --by WHAT            upstream, client, or both
  --window SECONDS     how long to measure; default: 5
  --watch              measure again and again; with -o json one document a line
${FORMAT_USAGE}${CLUSTER_USAGE}
Exit status: 0, or 2 if there is no answer (wrong usage, or the cluster can't be asked).
`;

export const STAT_USAGE = `usage: k8s-egress stat [options]

Shows the rate, success (no 5xx) and latency of the requests to each third party, from the metrics of all proxy pods.
Needs no Prometheus. Latency is measured by third party only: \`k8s-egress top\` has it by client.

${OPTIONS_USAGE}`;

export const TOP_USAGE = `usage: k8s-egress top [options]

Shows which clients call which third parties now: rate, success (no 5xx) and latency, from the log of all proxy pods.

${OPTIONS_USAGE}`;

/** Longest window: an hour. */
const MOST_SECONDS = 3_600;

/** @returns "help" if that is asked for @throws UsageError */
export function readStatOptions(argv: string[], usage: string, byDefault: Grouping): StatOptions | "help" {
  const own = {
    ...FORMAT_OPTION,
    by: { type: "string", default: byDefault },
    window: { type: "string", default: "5" },
    watch: { type: "boolean", default: false },
  } as const;
  return readOptions(argv, usage, own, ({ output, watch, ...values }) => {
    const by = GROUPINGS.find((known) => known === values.by);
    if (!by) throw new Error(`--by: ${JSON.stringify(values.by)} is none of ${GROUPINGS.join(", ")}`);
    const seconds = { least: 1, most: MOST_SECONDS, what: "number of seconds" };
    return { by, window: numberOf("window", values.window, seconds), watch, format: formatOf(output) };
  });
}
