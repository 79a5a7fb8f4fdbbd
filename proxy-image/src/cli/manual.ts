import { sourceOf } from "../stubdomain/corefile/default-block";
import { CorefileError } from "../stubdomain/corefile/error";
import type { Directive, ServerBlock } from "../stubdomain/corefile/corefile";
import { parseCorefile } from "../stubdomain/corefile/server-blocks";
import { corefileFormat } from "../stubdomain/targets/corefile-format";

/**
 * Adds a stub domain's block to a Corefile, or replaces an older one for the same domain.
 *
 * @param block as in the component's output `stubDomain`
 * @throws TargetError if the Corefile can't take it, or if the block that serves the domain now is not only a stub
 * domain
 */
export function withBlock(corefile: string, block: string): string {
  const entry = `\n${block.trim()}\n`;
  const older = corefileFormat.find(corefile, corefileFormat.domainOf(entry));
  if (older !== undefined && corefileFormat.same(older, entry)) return corefile;
  // Also remove the line break that separated the older block.
  const rest = older === undefined ? corefile : `${corefileFormat.remove(corefile, older).trimEnd()}\n`;
  return corefileFormat.insert(rest, entry);
}

/** For the EKS add-on `coredns`: the whole Corefile, because the add-on's schema has no parts of it. */
export function eksConfigurationValues(corefile: string): string {
  return JSON.stringify({ corefile }, null, 2);
}

/**
 * For RKE2, whose Helm controller writes the Corefile from the chart's values; a list in them is replaced as a whole.
 *
 * @param cacheDomains domains that NodeLocal DNSCache is to send to CoreDNS; absent: there is no cache
 */
export function rke2ChartConfig(corefile: string, cacheDomains?: readonly string[]): string {
  const nodelocal = cacheDomains && { nodelocal: { enabled: true, extraClusterDomains: cacheDomains } };
  const values = { servers: chartServers(corefile), ...nodelocal };
  return JSON.stringify(
    {
      apiVersion: "helm.cattle.io/v1",
      kind: "HelmChartConfig",
      metadata: { name: "rke2-coredns", namespace: "kube-system" },
      spec: { valuesContent: JSON.stringify(values, null, 2) },
    },
    null,
    2,
  );
}

/** One of `servers` in the values of CoreDNS' chart. */
export interface ChartServer {
  zones: { zone: string; scheme?: string }[];
  port?: number;
  plugins: { name: string; parameters?: string; configBlock?: string }[];
}

/**
 * Converts a Corefile to the values of CoreDNS' chart (coredns/helm, `servers`).
 *
 * @throws CorefileError for what the chart has no value for: imports, and blocks with several addresses
 */
export function chartServers(corefile: string): ChartServer[] {
  const { blocks, imports } = parseCorefile(corefile);
  if (imports.length > 0) throw new CorefileError(`the chart's values have no "import ${imports[0]!}"`);
  return blocks.map((block) => ({
    ...address(block),
    plugins: block.directives.map((directive) => plugin(corefile, directive)),
  }));
}

function address({ keys, line }: ServerBlock): Pick<ChartServer, "zones" | "port"> {
  const [key, ...more] = keys;
  const [, scheme, zone, port] = /^(\w+:\/\/)?(.*?)(?::(\d+))?$/.exec(key ?? "") ?? [];
  if (more.length > 0 || zone === undefined) {
    throw new CorefileError(`the chart's values have one port for all addresses of a block: split it`, line);
  }
  return {
    zones: [{ zone, ...(scheme === undefined ? {} : { scheme }) }],
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

function plugin(corefile: string, directive: Directive): ChartServer["plugins"][number] {
  const [first = "", ...body] = sourceOf(corefile, directive).split("\n");
  const parameters = first.slice(directive.name.length).replace(/\{$/, "").trim();
  const lines = body.slice(0, -1).map((line) => line.replace(/^ {2}/, ""));
  return {
    name: directive.name,
    ...(parameters === "" ? {} : { parameters }),
    ...(lines.length === 0 ? {} : { configBlock: lines.join("\n") }),
  };
}
