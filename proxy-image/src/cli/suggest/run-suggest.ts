import { createReadStream } from "node:fs";
import { parseArgs } from "node:util";
import type { Output } from "../output";
import { UsageError } from "../usage-error";
import { auditedRequest } from "./audited-request";
import { asJson, asTypeScript } from "./formats";
import { logLines } from "./log-lines";
import { Sightings } from "./sightings";
import { suggest } from "./suggestion";

const FORMATS = { typescript: asTypeScript, json: asJson };

export const SUGGEST_USAGE = `usage: k8s-egress suggest [options] [FILE...]

Prints the upstreams that would allow what an audit has let through, from the proxy's log: FILEs, or standard input.

  kubectl logs -n egress -l app.kubernetes.io/name=egress-proxy -c proxy --tail=-1 --max-log-requests=20 |
    npx k8s-egress suggest > upstreams.ts

  --format FORMAT   typescript (default) or json
  --help

It is a proposal: each entry has who asked for what, and is to be reviewed. Paths are left out.

Exit status: 0 when there is something to list, 1 when the log has nothing of an audit, 2 for wrong usage.
`;

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
  const { format, help, files } = readOptions(argv);
  if (help) {
    out.write(SUGGEST_USAGE);
    return 0;
  }
  const sightings = new Sightings();
  const lines = { all: 0, foreign: 0 };
  for (const source of files.length > 0 ? files.map((file) => createReadStream(file)) : [input]) {
    source.setEncoding("utf8");
    for await (const line of logLines(source as AsyncIterable<string>)) {
      lines.all++;
      const request = auditedRequest(line);
      if (request === undefined) lines.foreign++;
      else if (request !== "other") sightings.add(request);
    }
  }
  if (lines.foreign > 0) err.write(`${lines.foreign} of ${lines.all} lines are none of the proxy's log\n`);
  if (sightings.dropped > 0)
    err.write(`${sightings.dropped} requests are left out: more than can be listed\n`);
  if (sightings.hosts.size === 0) {
    err.write(
      `no request of an audit in ${lines.all} lines: is \`audit\` given, and were its hosts called?\n`,
    );
    return 1;
  }
  out.write(FORMATS[format](suggest(sightings)));
  return 0;
}

/** @throws UsageError */
function readOptions(argv: string[]): { format: keyof typeof FORMATS; help: boolean; files: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      strict: true,
      allowPositionals: true,
      options: {
        format: { type: "string", default: "typescript" },
        help: { type: "boolean", default: false, short: "h" },
      },
    });
    const { format, help } = values;
    if (format !== "typescript" && format !== "json")
      throw new Error(`--format: ${JSON.stringify(format)} is neither typescript nor json`);
    return { format, help, files: positionals };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${SUGGEST_USAGE}`);
  }
}
