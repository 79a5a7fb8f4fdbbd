import { isIPv6 } from "node:net";
import type { DnsServer } from "./ask";

/** What one CoreDNS process says about itself, by its plugin `prometheus`. */
export interface CorednsProcess {
  address: string;
  /** Such as "1.12.1"; absent: it does not say. */
  version?: string;
  /** Reloads since its start that failed: it then runs with an older configuration than its file. */
  failedReloads: number;
  /** Plugins of its running configuration, as far as they handle queries. */
  plugins: ReadonlySet<string>;
}

/** The plugin's default (plugin/metrics). */
const DEFAULT_PORT = 9153;
const TIMEOUT_MS = 2_000;
const MAX_BYTES = 4 * 2 ** 20;

/** The processes that can be asked: metrics are a help, and may be switched off, or closed by a NetworkPolicy. */
export async function corednsProcesses(servers: readonly DnsServer[]): Promise<CorednsProcess[]> {
  const processes = await Promise.all(servers.map(corednsProcess));
  return processes.filter((process) => process !== undefined);
}

async function corednsProcess({ address, metrics = DEFAULT_PORT }: DnsServer) {
  const host = isIPv6(address) ? `[${address}]` : address;
  try {
    const response = await fetch(`http://${host}:${metrics}/metrics`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: "error",
    });
    return response.ok ? readProcess(address, await limitedText(response)) : undefined;
  } catch {
    return undefined;
  }
}

async function limitedText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += (chunk as Uint8Array).length;
    if (size > MAX_BYTES) throw new Error(`the metrics have more than ${MAX_BYTES} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Reads the text format of Prometheus, as far as it is CoreDNS' own: `coredns_build_info`,
 * `coredns_reload_failed_total` and `coredns_plugin_enabled`.
 */
export function readProcess(address: string, text: string): CorednsProcess | undefined {
  const version = /^coredns_build_info\{.*\bversion="(\d+\.\d+\.\d+)/m.exec(text)?.[1];
  const failed = /^coredns_reload_failed_total (\d+)$/m.exec(text)?.[1];
  const enabled = [...text.matchAll(/^coredns_plugin_enabled\{.*\bname="([^"]{1,100})"/gm)];
  if (version === undefined && enabled.length === 0) return undefined;
  return {
    address,
    ...(version === undefined ? {} : { version }),
    failedReloads: Number(failed ?? 0),
    plugins: new Set(enabled.map(([, name]) => name!)),
  };
}
