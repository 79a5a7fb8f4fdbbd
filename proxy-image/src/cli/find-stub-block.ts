import { servedBy } from "../stubdomain/corefile/edit";
import { CorefileError } from "../stubdomain/corefile/error";
import { parseCorefile } from "../stubdomain/corefile/server-blocks";
import { qualified, zoneKeys } from "../stubdomain/corefile/zone-key";

/** What a stub domain's block consists of. */
const PLUGINS = new Set(["bind", "errors", "cache", "forward"]);

/**
 * The text of a stub domain's block, with its comment, as far as it is there; undefined when nothing serves the
 * domain.
 *
 * @throws CorefileError when what serves the domain is more than a stub domain: then it is not for us to remove
 */
export function findStubBlock(corefile: string, domain: string): string | undefined {
  const parsed = parseCorefile(corefile);
  const zone = qualified(domain);
  const ports = parsed.blocks.flatMap(({ keys, line }) => keys.flatMap((key) => zoneKeys(key, line)));
  const port = ports.find((key) => key.zone === zone)?.port;
  const block = port === undefined ? undefined : servedBy(parsed, { zone, port });
  if (!block) return undefined;
  const { keys, directives, line, start, end } = block;
  const isStub = keys.length === 1 && directives.every(({ name }) => PLUGINS.has(name));
  if (!isStub || start === undefined || end === undefined) {
    throw new CorefileError(`the block for ${domain} does more than a stub domain: remove it by hand`, line);
  }
  const comment = /\n# managed by k8s-egress [^\n]*\n$/.exec(corefile.slice(0, start))?.[0] ?? "";
  const lineBreak = corefile.startsWith("\n", end) ? "\n" : "";
  return comment + corefile.slice(start, end) + lineBreak;
}
