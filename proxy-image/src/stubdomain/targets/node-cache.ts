import { CorefileError } from "../corefile/error";
import type { Corefile, Directive, ServerBlock } from "../corefile/corefile";
import { parseCorefile } from "../corefile/server-blocks";
import { qualified, zoneKeys } from "../corefile/zone-key";

/** How a NodeLocal DNSCache is configured. */
export interface NodeCache {
  /** Addresses at which it answers, or node-cache's placeholders for them. */
  listens: string[];
  /** Whether it forwards all names to the servers of the cluster's names, so that it needs no stub domain of its own. */
  forwardsAll: boolean;
}

/**
 * Reads a cache's Corefile; undefined if it can't be parsed, or has no block for all names.
 *
 * Source: cluster/addons/dns/nodelocaldns in Kubernetes; kops' `forwardToKubeDNS`.
 */
export function nodeCache(corefile: string, clusterDomain: string): NodeCache | undefined {
  const parsed = tolerantlyParsed(corefile);
  const all = parsed && blocksFor(parsed, ".");
  if (!all?.length) return undefined;
  const toAll = new Set(all.flatMap(forwardedTo));
  const toCluster = new Set(blocksFor(parsed!, qualified(clusterDomain)).flatMap(forwardedTo));
  return {
    listens: all.flatMap(({ directives }) => named(directives, "bind").flatMap(words)),
    forwardsAll: toAll.size > 0 && [...toAll].every((server) => toCluster.has(server)),
  };
}

/** Whether pods with these resolvers query the cache. */
export function isAsked({ listens }: NodeCache, resolvers: readonly string[]): boolean {
  const isUnknown = listens.length === 0 || listens.some((address) => /[^\da-f.:]/i.test(address));
  return isUnknown || listens.some((address) => resolvers.includes(address));
}

function tolerantlyParsed(corefile: string): Corefile | undefined {
  try {
    return parseCorefile(corefile);
  } catch (error) {
    // Editing the Corefile reports its errors.
    if (error instanceof CorefileError) return undefined;
    throw error;
  }
}

function blocksFor({ blocks }: Corefile, zone: string): ServerBlock[] {
  return blocks.filter(({ keys, line }) =>
    keys.flatMap((key) => tolerantKeys(key, line)).some((key) => key.zone === zone),
  );
}

function tolerantKeys(key: string, line: number) {
  try {
    return zoneKeys(key, line);
  } catch (error) {
    if (error instanceof CorefileError) return [];
    throw error;
  }
}

/** `forward FROM TO...`: plugin/forward. */
function forwardedTo({ directives }: ServerBlock): string[] {
  return named(directives, "forward").flatMap((directive) => words(directive).slice(1));
}

function named(directives: readonly Directive[], name: string): Directive[] {
  return directives.filter((directive) => directive.name === name);
}

/** The arguments on a plugin's own line. */
function words({ tokens }: Directive): string[] {
  const texts = tokens.slice(1).map(({ text }) => text);
  const brace = texts.indexOf("{");
  return brace < 0 ? texts : texts.slice(0, brace);
}
