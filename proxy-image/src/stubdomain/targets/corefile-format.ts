import { MARKER_LINE } from "../../contract/stub-domain/block";
import { hasBlock, insertBlock, removeBlock, servedBy, singleBlock, zoneOf } from "../corefile/edit";
import { CorefileError } from "../corefile/error";
import { parseCorefile } from "../corefile/server-blocks";
import { qualified, zoneKeys } from "../corefile/zone-key";
import { TakenError } from "./error";
import type { Format } from "./target";

/** The plugins of a stub domain's block. */
const PLUGINS = new Set(["bind", "errors", "cache", "forward"]);

/** A Corefile, whose entries are server blocks; each begins with a line break of its own. */
export const corefileFormat: Format = {
  blank: "",
  isBlank: (text) => text.trim() === "",
  insert(text, entry) {
    try {
      return insertBlock(text, entry.slice(1)).text;
    } catch (error) {
      const there = tolerant(() => findStubBlock(text, domainOf(entry)));
      if (error instanceof CorefileError && there !== undefined) throw new TakenError(error.message, there);
      throw error;
    }
  },
  remove: (text, entry) => removeBlock(text, entry).text,
  has: (text, entry) => hasBlock(parseCorefile(text), entry),
  same: (one, other) => hasBlock(parseCorefile(one), other),
  // Only our comment distinguishes our block from one that was pasted by hand.
  isOurs: (text, entry) => text.includes(entry) && hasBlock(parseCorefile(text), entry),
  domainOf,
  ownerOf: (entry) => MARKER_LINE.exec(entry.slice(0, singleBlock(entry).start))?.[1]?.split(" ")[1],
  find: findStubBlock,
};

function domainOf(entry: string): string {
  return zoneOf(singleBlock(entry)).zone.slice(0, -1);
}

/**
 * The text of a stub domain's block, with its comment if it has one; undefined if nothing serves the domain.
 *
 * @throws CorefileError if the block that serves the domain is not only a stub domain: then we must not remove it
 */
export function findStubBlock(corefile: string, domain: string): string | undefined {
  const parsed = parseCorefile(corefile);
  const zone = qualified(domain);
  const ports = parsed.blocks.flatMap(({ keys, line }) => keys.flatMap((key) => zoneKeys(key, line)));
  const port = ports.find((key) => key.zone === zone)?.port;
  const [block, other] = port === undefined ? [] : servedBy(parsed, { zone, port });
  if (!block) return undefined;
  if (other) {
    throw new CorefileError(
      `the blocks on the lines ${block.line} and ${other.line} both serve ${domain}: remove one of them by hand`,
      other.line,
    );
  }
  const { keys, directives, line, start, end } = block;
  const isStub = keys.length === 1 && directives.every(({ name }) => PLUGINS.has(name));
  if (!isStub || start === undefined || end === undefined) {
    throw new CorefileError(`the block for ${domain} does more than a stub domain: remove it by hand`, line);
  }
  const comment = MARKER_LINE.exec(corefile.slice(0, start))?.[0] ?? "";
  const lineBreak = corefile.startsWith("\n", end) ? "\n" : "";
  return comment + corefile.slice(start, end) + lineBreak;
}

function tolerant(find: () => string | undefined): string | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof CorefileError) return undefined;
    throw error;
  }
}
