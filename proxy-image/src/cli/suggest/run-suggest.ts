import { createReadStream } from "node:fs";
import { parseArgs } from "node:util";
import type { Output } from "../output";
import { UsageError } from "../usage-error";
import { auditedRequest } from "./audited-request";
import { asJson, asTypeScript } from "./formats";
import { logLines } from "../log/log-lines";
import { metricSamples } from "./metric-samples";
import { Sightings } from "./sightings";
import { suggest } from "./suggestion";

const FORMATS = { typescript: asTypeScript, json: asJson };

export const SUGGEST_USAGE = `usage: k8s-egress suggest [options] [FILE...]

Prints the upstreams that would allow what an audit has let through, from the proxy's log: FILEs, or standard input.
With --metrics: what a lockdown's audit has counted, from the response of Prometheus to a query of docs/lockdown.md.

  kubectl logs -n egress -l app.kubernetes.io/name=egress-proxy -c proxy --tail=-1 --max-log-requests=20 |
    npx k8s-egress suggest > upstreams.ts

  curl -sG http://prometheus:9090/api/v1/query --data-urlencode 'query=sum by (namespace, hostname) (...)' |
    npx k8s-egress suggest --metrics > upstreams.ts

  --format FORMAT   typescript (default) or json
  --metrics         FILEs or standard input are responses of Prometheus
  --help

It is a proposal: each entry has who asked for what, and is to be reviewed. Paths are left out.

Exit status: 0 when there is something to list, 1 when the log has nothing of an audit, 2 for wrong usage.
`;

const NO_RESPONSE = "this is no response of Prometheus' API to an instant query";

/**
 * `k8s-egress suggest`
 *
 * @returns the exit status
 * @throws UsageError, and the system's error for a file that can't be read
 */
export async function runSuggest(
  argv: string[],
  input: NodeJS.ReadableStream,
  out: Output,
  err: Output,
): Promise<number> {
  const { format, help, metrics, files } = readOptions(argv);
  if (help) {
    out.write(SUGGEST_USAGE);
    return 0;
  }
  const sightings = new Sightings();
  const sources = files.length > 0 ? files.map((file) => createReadStream(file)) : [input];
  for (const source of sources) source.setEncoding("utf8");
  const nothing = metrics
    ? await readMetrics(sources, sightings, err)
    : await readLogs(sources, sightings, err);
  if (sightings.dropped > 0)
    err.write(`${sightings.dropped} requests are left out: more than can be listed\n`);
  if (sightings.hosts.size === 0) {
    err.write(`${nothing}\n`);
    return 1;
  }
  out.write(FORMATS[format](suggest(sightings)));
  return 0;
}

/** @returns what to say if nothing was found */
async function readLogs(
  sources: NodeJS.ReadableStream[],
  sightings: Sightings,
  err: Output,
): Promise<string> {
  const lines = { all: 0, foreign: 0 };
  for (const source of sources) {
    for await (const line of logLines(source as AsyncIterable<string>)) {
      lines.all++;
      const request = auditedRequest(line);
      if (request === undefined) lines.foreign++;
      else if (request !== "other") sightings.add(request);
    }
  }
  if (lines.foreign > 0) err.write(`${lines.foreign} of ${lines.all} lines are none of the proxy's log\n`);
  return `no request of an audit in ${lines.all} lines: is \`audit\` given, and were its hosts called?`;
}

/** @returns what to say if nothing was found */
async function readMetrics(
  sources: NodeJS.ReadableStream[],
  sightings: Sightings,
  err: Output,
): Promise<string> {
  let unnamed = 0;
  for (const source of sources) {
    const response = metricSamples(await wholeText(source as AsyncIterable<string>));
    if (!response) return NO_RESPONSE;
    unnamed += response.unnamed;
    for (const sample of response.samples) sightings.addSample(sample);
  }
  if (unnamed > 0) err.write(`${unnamed} series have no namespace or no public host name\n`);
  return "no series with a host name: have the pods the annotation config.linkerd.io/proxy-metrics-hostname-labels?";
}

/** Longest response of Prometheus that is read: 1,000 hosts of 1,000 namespaces are more, and not one list. */
const MOST_RESPONSE = 64 << 20;

async function wholeText(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) {
    text += piece;
    if (text.length > MOST_RESPONSE) return "";
  }
  return text;
}

/** @throws UsageError */
function readOptions(argv: string[]): {
  format: keyof typeof FORMATS;
  help: boolean;
  metrics: boolean;
  files: string[];
} {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      strict: true,
      allowPositionals: true,
      options: {
        format: { type: "string", default: "typescript" },
        metrics: { type: "boolean", default: false },
        help: { type: "boolean", default: false, short: "h" },
      },
    });
    const { format, help, metrics } = values;
    if (format !== "typescript" && format !== "json")
      throw new Error(`--format: ${JSON.stringify(format)} is neither typescript nor json`);
    return { format, help, metrics, files: positionals };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${SUGGEST_USAGE}`);
  }
}
