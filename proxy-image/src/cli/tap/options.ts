import { isMethod } from "../../contract/names/method";
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
import type { TapFilter } from "./filter";

/** The options of `k8s-egress tap`. */
export interface TapOptions extends ClusterChoice, ProxyChoice {
  readonly filter: TapFilter;
  /** Whether paths are shown; they may have personal data. */
  readonly paths: boolean;
  /** Ends after this number of requests; undefined: never. */
  readonly max: number | undefined;
  readonly format: Format;
}

export const TAP_USAGE = `usage: k8s-egress tap [options]

Shows requests as they end, from the log of all proxy pods: client, method, host, path, status, time, failure. The
log has no query, no header fields and no bodies.

  k8s-egress tap --client shop/checkout --status 5xx

  --client NS[/ACCOUNT]  only of this namespace or service account
  --host HOST            only to this host, or this entry of the policy ("*.ingest.sentry.io")
  --method METHOD        only with this method
  --status STATUS        only with this status: 404, or 5xx
  --failed               only those that the proxy failed, denied or rejected
  --no-paths             without paths, which may have personal data
  --max NUMBER           end after this number of requests
${FORMAT_USAGE}${CLUSTER_USAGE}With -o json: one document a line.

Exit status: 0, or 2 if there is no answer (wrong usage, or the cluster can't be asked).
`;

/** Largest value of `--max`. */
const MOST_REQUESTS = 999_999_999;

const text = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;

const OPTIONS = {
  ...FORMAT_OPTION,
  client: text,
  host: text,
  method: text,
  status: text,
  failed: flag,
  "no-paths": flag,
  max: text,
} as const;

/** @returns "help" if that is asked for @throws UsageError */
export function readTapOptions(argv: string[]): TapOptions | "help" {
  return readOptions(
    argv,
    TAP_USAGE,
    OPTIONS,
    ({ client, host, method, status, failed, output, ...rest }) => {
      if (method !== undefined && !isMethod(method)) {
        throw new Error(
          `--method: ${JSON.stringify(method)} is no method; give one in capitals, such as GET`,
        );
      }
      if (status !== undefined && !/^[1-5](?:\d\d|xx)$/.test(status)) {
        throw new Error(`--status: ${JSON.stringify(status)} is no status; give one such as 404 or 5xx`);
      }
      const requests = { least: 1, most: MOST_REQUESTS, what: "number of requests" };
      return {
        filter: { client, host, method, status, failed },
        paths: !rest["no-paths"],
        max: rest.max === undefined ? undefined : numberOf("max", rest.max, requests),
        format: formatOf(output),
      };
    },
  );
}
