import { CorefileError } from "./error";
import type { Corefile, Directive, ServerBlock } from "./corefile";
import { zoneKeys } from "./zone-key";

/** A part of the cluster's DNS configuration. */
export interface CorefilePart {
  /** `Corefile`, or the imported key. */
  name: string;
  parsed: Corefile;
}

/** Plugins that are imported into a block. */
export interface Fragment {
  /** The imported key. */
  name: string;
  directives: Directive[];
}

/** Plugins that CoreDNS accepts once in a block: `ErrOnce` in their setup.go. */
const ONCE: ReadonlySet<string> = new Set([
  "cache",
  "dnssec",
  "errors",
  "grpc",
  "hosts",
  "kubernetes",
  "loop",
  "nsid",
  "pprof",
  "prometheus",
  "ready",
  "tsig",
  "view",
]);

/**
 * Rejects a block that has a plugin twice that may be in it once: CoreDNS neither starts nor reloads with one.
 *
 * @param importedInto what files add to a block
 * @throws CorefileError that names both places
 */
export function requirePluginsOnce(
  parts: readonly CorefilePart[],
  importedInto: (block: ServerBlock) => readonly Fragment[] = () => [],
): void {
  for (const { name, parsed } of parts) {
    for (const block of parsed.blocks) {
      const seen = new Map<string, string>();
      for (const one of [{ name, directives: block.directives }, ...importedInto(block)]) {
        for (const { name: plugin, tokens } of one.directives) {
          const place = `line ${tokens[0]!.line} of ${one.name}`;
          const other = seen.get(plugin);
          if (other !== undefined && ONCE.has(plugin)) {
            throw new CorefileError(
              `the plugin "${plugin}" is twice in the block "${block.keys.join(" ")}", on ${other} and on ${place}: ` +
                "CoreDNS loads neither, so take one out",
            );
          }
          seen.set(plugin, place);
        }
      }
    }
  }
}

/**
 * Rejects a configuration that serves a zone twice on a port: CoreDNS neither starts nor reloads with one, whatever
 * files its parts come from. Blocks that `bind` different addresses, or that `view` distinguishes, may share a zone.
 *
 * Source: validateZonesAndListeningAddresses in core/dnsserver/register.go.
 *
 * @param only the zone to check, with its last dot; absent: all of them
 * @throws CorefileError that names both blocks
 */
export function requireServedOnce(parts: readonly CorefilePart[], only?: string): void {
  const seen = new Map<string, { name: string; block: ServerBlock }[]>();
  const served = parts.flatMap(({ name, parsed }) =>
    parsed.blocks
      .filter((block) => !has(block, "view"))
      .flatMap((block) =>
        [...new Set(addressesOf(block, only))].map((address) => ({ name, block, address })),
      ),
  );
  for (const { name, block, address } of served) {
    const others = seen.get(address) ?? [];
    const other = others.find((one) => listenAlike(one.block, block));
    if (other) {
      throw new CorefileError(
        `${address} is served twice, by line ${other.block.line} of ${other.name} and by line ${block.line} of ${name}: ` +
          "CoreDNS starts with neither, so take one out",
      );
    }
    seen.set(address, [...others, { name, block }]);
  }
}

function addressesOf({ keys, line }: ServerBlock, only: string | undefined): string[] {
  return keys
    .flatMap((key) => zoneKeys(key, line))
    .filter(({ zone }) => only === undefined || zone === only)
    .map(({ protocol, zone, port }) => `${protocol}://${zone}:${port}`);
}

/** Whether both listen on a common address, as far as the text shows: names of interfaces are compared as names. */
function listenAlike(one: ServerBlock, other: ServerBlock): boolean {
  const [some, others] = [boundTo(one), boundTo(other)];
  return some.length === 0 || others.length === 0 || some.some((address) => others.includes(address));
}

function boundTo({ directives }: ServerBlock): string[] {
  return directives
    .filter(({ name }) => name === "bind")
    .flatMap(({ tokens }) => {
      const words = tokens.slice(1).map(({ text }) => text);
      const brace = words.indexOf("{");
      return brace < 0 ? words : words.slice(0, brace);
    });
}

function has({ directives }: ServerBlock, plugin: string): boolean {
  return directives.some(({ name }) => name === plugin);
}
