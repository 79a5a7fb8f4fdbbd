import type { CorednsProcess } from "../dns/coredns-process";
import { CorefileError } from "./error";

/** Plugins that CoreDNS 1.15.0 is released with (plugin.cfg), and the first release that has them, if after 1.7. */
const STANDARD: ReadonlyMap<string, string | undefined> = new Map([
  ...(
    "root metadata cancel tls https quic grpc reload nsid bufsize bind debug trace ready health pprof prometheus " +
    "errors log dnstap any chaos loadbalance rewrite autopath acl cache dnssec template transfer hosts route53 " +
    "azure clouddns k8s_external kubernetes file auto secondary etcd loop forward erratic whoami on sign dns64 https3"
  )
    .split(" ")
    .map((name): [string, undefined] => [name, undefined]),
  ["local", "1.8.1"],
  ["minimal", "1.8.4"],
  ["header", "1.8.5"],
  ["geoip", "1.8.5"],
  ["tsig", "1.9.4"],
  ["view", "1.10.0"],
  ["timeouts", "1.10.1"],
  ["multisocket", "1.12.0"],
  ["nomad", "1.13.0"],
  ["proxyproto", "1.14.2"],
  ["shed", "1.14.7"],
  ["grpc_server", "1.15.0"],
  ["siit", "1.15.0"],
  ["dynupdate", "1.15.0"],
]);

/**
 * Rejects a plugin that a running CoreDNS does not have: its release is older, or it failed to reload, and the plugin
 * belongs to no release.
 *
 * @param plugins names in the files
 * @param processes as far as they can be asked
 * @throws CorefileError that names the plugin and the replica
 */
export function requireKnownPlugins(plugins: readonly string[], processes: readonly CorednsProcess[]): void {
  for (const plugin of plugins) {
    const without = processes.find((process) => lacks(process, plugin));
    if (!without) continue;
    throw new CorefileError(
      `the plugin "${plugin}" is unknown to CoreDNS ${without.version ?? "of an unknown version"} on ` +
        `${without.address}, which can't load the file: take the plugin out, or update CoreDNS`,
    );
  }
}

/** Plugins of no release that no process says it has, a sentence each: CoreDNS may have been built with them. */
export function doubtfulPlugins(plugins: readonly string[], processes: readonly CorednsProcess[]): string[] {
  return [...new Set(plugins)]
    .filter((plugin) => !STANDARD.has(plugin) && !processes.some((process) => process.plugins.has(plugin)))
    .map(
      (plugin) =>
        `the plugin "${plugin}" belongs to no release of CoreDNS, and no replica says that it has it: if this CoreDNS ` +
        "was built without it, it loads neither the file nor the stub domain",
    );
}

function lacks({ version, failedReloads, plugins }: CorednsProcess, plugin: string): boolean {
  if (plugins.has(plugin)) return false;
  if (!STANDARD.has(plugin)) return failedReloads > 0;
  const since = STANDARD.get(plugin);
  return since !== undefined && version !== undefined && isOlder(version, since);
}

function isOlder(version: string, than: string): boolean {
  const [own, other] = [version, than].map((text) => text.split(".").map(Number)) as [number[], number[]];
  const at = own.findIndex((number, index) => number !== other[index]);
  return at >= 0 && own[at]! < other[at]!;
}
