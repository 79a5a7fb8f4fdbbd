import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { apiOf } from "../cluster/api";
import { findProxy } from "../cluster/egress-proxies";
import { CLUSTER_USAGE, numberOf, readOptions } from "../cluster/options";
import type { Streams } from "../command";
import { loadConfig } from "../kubeconfig";
import { UsageError } from "../usage-error";
import { Collector } from "./collect";
import { CurrentPolicy } from "./current-policy";
import { createDashboard } from "./server";
import { detail, overview } from "./view";

export const DASHBOARD_USAGE = `usage: k8s-egress dashboard [options]

Opens a page on this machine with all third parties: rates, success, latency, clients, rules, recent denials with the
rule that would admit each, pods and the stub domain. It ends with Ctrl-C.

  --port PORT          on 127.0.0.1; default: a free one
  --no-open            print the page's address only
${CLUSTER_USAGE}
Exit status: 2 if there is no answer (wrong usage, or the cluster can't be asked).
`;

/**
 * `k8s-egress dashboard`
 *
 * @returns the exit status, for `--help`; otherwise it does not end
 * @throws UsageError, ClusterError
 */
export async function runDashboard(argv: string[], { out }: Pick<Streams, "out">): Promise<number> {
  const options = read(argv);
  if (options === "help") {
    out.write(DASHBOARD_USAGE);
    return 0;
  }
  const config = loadConfig(options);
  const api = apiOf(config);
  const proxy = await findProxy(api, options);
  const collector = new Collector(config, api, await CurrentPolicy.read(api, proxy));
  const [token, entrance] = [secret(), secret()];
  const pages = {
    state: () => overview(collector.known, new Date()),
    upstream: (name: string) => detail(collector.known, name),
    certificates: (name: string) => collector.certificatesOf(name),
  };
  const app = createDashboard(token, pages, entrance);
  const server = createServer(app).listen(options.port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    throw new UsageError(`--port: ${error instanceof Error ? error.message : String(error)}`);
  }
  // After the port is ours: its loops keep the process alive.
  try {
    await collector.start();
  } catch (error) {
    server.close();
    throw error;
  }
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  out.write(`${origin}/${token}/\n`);
  if (options.open) openBrowser(`${origin}/${entrance}`);
  await once(server, "close");
  return 0;
}

function secret(): string {
  return randomBytes(24).toString("base64url");
}

/** The address is printed too, so a system without a browser is no error. */
function openBrowser(url: string): void {
  const [program, ...args] =
    process.platform === "darwin"
      ? ["open"]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", ""]
        : ["xdg-open"];
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}

const OPTIONS = {
  port: { type: "string", default: "0" },
  "no-open": { type: "boolean", default: false },
} as const;

function read(argv: string[]) {
  return readOptions(argv, DASHBOARD_USAGE, OPTIONS, ({ port, "no-open": isQuiet }) => ({
    port: numberOf("port", port, { least: 0, most: 65_535, what: "port" }),
    open: !isQuiet,
  }));
}
