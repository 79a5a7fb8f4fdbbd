import { CorefileError } from "./error";
import { lex } from "./lex";
import { requireBraces } from "./misplaced-brace";
import type { Corefile, ServerBlock } from "./corefile";
import { parseCorefile } from "./server-blocks";
import { zoneKeys, type ZoneKey } from "./zone-key";

/** A Corefile with an additional block. */
export interface Inserted {
  text: string;
  /** Exactly what was inserted; {@link removeBlock} needs it. */
  inserted: string;
}

/** Result of {@link removeBlock}. */
export interface Removed {
  text: string;
  /**
   * How it was removed:
   *
   * - `exact`: the inserted bytes, all of them and nothing else;
   * - `structural`: the file had been re-formatted, and a block with the same meaning was removed;
   * - `absent`: the block is not there, the text is unchanged.
   */
  how: "exact" | "structural" | "absent";
}

/**
 * Appends a server block.
 *
 * It always begins with a line break of its own. So blocks can be removed in any order, each with exactly its own
 * bytes, and no block is appended to a comment's line.
 *
 * @param corefile a text that CoreDNS accepts
 * @param block one server block with one address, ending with a line break
 * @throws CorefileError if the text can't be parsed, if its zone and port are served already, or if nothing can be
 * appended to the text
 */
export function insertBlock(corefile: string, block: string): Inserted {
  const before = parseCorefile(corefile);
  requireBraces(corefile, before);
  const own = singleBlock(block);
  const zone = zoneOf(own);
  requireFree(before, zone);
  const inserted = `\n${block}`;
  const text = corefile + inserted;
  if (!sameBlocks(blocksOf(text), [...before.blocks, own])) throw notAppendable(before);
  if (removeBlock(text, inserted).text !== corefile) {
    throw new CorefileError("the block could be added, but not be taken out again byte for byte");
  }
  return { text, inserted };
}

/**
 * Removes a block that {@link insertBlock} inserted.
 *
 * @param inserted what insertBlock returned
 * @throws CorefileError if the block was changed by hand, or the rest would not be a valid Corefile
 */
export function removeBlock(corefile: string, inserted: string): Removed {
  let parsed: Corefile;
  try {
    parsed = parseCorefile(corefile);
  } catch (error) {
    const literal = cutLiteral(corefile, inserted);
    if (literal !== undefined && blocksOf(literal)) return { text: literal, how: "exact" };
    throw error;
  }
  const own = singleBlock(inserted);
  const at = parsed.blocks.findIndex((block) => sameBlock(block, own));
  const found = parsed.blocks[at];
  if (!found) return withoutBlock(corefile, inserted, parsed, own);

  const rest = parsed.blocks.toSpliced(at, 1);
  const keepsRest = (text: string) => sameBlocks(blocksOf(text), rest);
  const start = (found.start ?? NaN) - own.start!;
  if (corefile.startsWith(inserted, start)) {
    const after = corefile.slice(start + inserted.length);
    const exact = corefile.slice(0, start) + after;
    if (keepsRest(exact)) return { text: exact, how: "exact" };
    // Another writer appended to the line that our first line break began.
    const separated = `${corefile.slice(0, start)}\n${after}`;
    if (keepsRest(separated)) return { text: separated, how: "structural" };
  }
  const text = cutBlock(corefile, found, commentOf(inserted));
  if (text !== undefined && keepsRest(text)) return { text, how: "structural" };
  throw new CorefileError(
    `the block "${own.keys.join(" ")}" can't be taken out without changing another one: separate them by line breaks`,
    found.line,
  );
}

/** Whether the Corefile has a block with the same meaning, however it is formatted. */
export function hasBlock({ blocks }: Corefile, inserted: string): boolean {
  const own = singleBlock(inserted);
  return blocks.some((block) => sameBlock(block, own));
}

/** The blocks that serve a zone on a port, by any protocol; blocks whose address is a variable are unknown. */
export function servedBy(
  { blocks }: Corefile,
  { zone, port }: Pick<ZoneKey, "zone" | "port">,
): ServerBlock[] {
  return blocks.filter(({ keys, line }) =>
    keys.flatMap((key) => zoneKeys(key, line)).some((key) => key.zone === zone && key.port === port),
  );
}

function requireFree(corefile: Corefile, zone: ZoneKey): void {
  const [taken, ...more] = servedBy(corefile, zone);
  if (!taken) return;
  const others = more.map(({ keys, line }) => ` and the block "${keys.join(" ")}" on line ${line}`).join("");
  throw new CorefileError(
    `${zone.zone}:${zone.port} is served already, by the block "${taken.keys.join(" ")}"${others}`,
    taken.line,
  );
}

/** The only server block of a text, and its only zone. */
export function zoneOf(block: ServerBlock): ZoneKey {
  const [zone, ...more] = block.keys.flatMap((key) => zoneKeys(key, block.line));
  if (!zone || more.length > 0)
    throw new CorefileError(`a stub domain has one address, found "${block.keys.join(" ")}"`);
  return zone;
}

/**
 * Parses a text that holds one server block.
 *
 * @throws CorefileError if it holds none or more
 */
export function singleBlock(text: string): ServerBlock {
  const { blocks, imports, openQuote } = parseCorefile(text);
  const [block, ...more] = blocks;
  if (!block || more.length > 0 || imports.length > 0 || openQuote || block.end === undefined) {
    throw new CorefileError("a stub domain is one complete server block");
  }
  return block;
}

function withoutBlock(corefile: string, inserted: string, parsed: Corefile, own: ServerBlock): Removed {
  // The bytes may also occur where they are not a server block, such as in another block's braces.
  const at = corefile.indexOf(inserted);
  const isQuoted = lex(corefile).tokens.some(({ start, end }) => start < at && at < end);
  const literal = isQuoted ? undefined : cutLiteral(corefile, inserted);
  if (literal !== undefined && blocksOf(literal)) return { text: literal, how: "exact" };
  const zone = zoneOf(own);
  const [other] = servedBy(parsed, zone);
  if (!other) return { text: corefile, how: "absent" };
  throw new CorefileError(
    `the block for ${zone.zone}:${zone.port} is not the one that was put in: it was changed by hand, and has to be ` +
      "taken out by hand",
    other.line,
  );
}

function notAppendable({ blocks, openQuote }: Corefile): CorefileError {
  if (openQuote) return new CorefileError('the text ends inside quotes: close them with "');
  const last = blocks.at(-1);
  return new CorefileError(
    "a block at the end would become part of the one before it: that one has no braces of its own, or one too few",
    last?.line,
  );
}

function blocksOf(corefile: string): ServerBlock[] | undefined {
  try {
    const { blocks } = parseCorefile(corefile);
    // All addresses must be valid too, or CoreDNS rejects the whole text.
    for (const { keys, line } of blocks) keys.forEach((key) => zoneKeys(key, line));
    return blocks;
  } catch (error) {
    if (error instanceof CorefileError) return undefined;
    throw error;
  }
}

function sameBlocks(some: ServerBlock[] | undefined, others: ServerBlock[]): boolean {
  return some?.length === others.length && some.every((block, at) => sameBlock(block, others[at]!));
}

/** Whether two blocks mean the same to CoreDNS, wherever they are. */
function sameBlock(one: ServerBlock, other: ServerBlock): boolean {
  return JSON.stringify(meaning(one)) === JSON.stringify(meaning(other));
}

function meaning({ keys, directives }: ServerBlock) {
  return [
    keys.map((key) => key.toLowerCase()),
    directives.map(({ tokens }) =>
      tokens.map(({ text, line }, at) => [text, at > 0 && line > tokens[at - 1]!.line]),
    ),
  ];
}

/** The text without the only occurrence of some bytes; undefined if there is none, or more than one. */
function cutLiteral(text: string, bytes: string): string | undefined {
  const start = text.indexOf(bytes);
  if (start < 0 || text.includes(bytes, start + 1)) return undefined;
  return text.slice(0, start) + text.slice(start + bytes.length);
}

function withoutTrailingBlanks(text: string): string {
  let end = text.length;
  while (text[end - 1] === " " || text[end - 1] === "\t") end--;
  return text.slice(0, end);
}

/** The text without a block, the rest of its line if that is empty, and its comment on the line above. */
function cutBlock(
  text: string,
  { start, end }: ServerBlock,
  comment: string | undefined,
): string | undefined {
  if (start === undefined || end === undefined) return undefined;
  const before = withoutTrailingBlanks(text.slice(0, start));
  const own =
    comment === undefined
      ? undefined
      : new RegExp(`(^|\\n)[\\t ]*#[\\t ]*${escapeRegExp(comment)}[\\t \\r]*\\n$`);
  const after = text.slice(end).replace(/^[\t ]*(\r?\n|$)/, "");
  return (own ? before.replace(own, "$1") : before) + after;
}

function commentOf(inserted: string): string | undefined {
  return /^\s*#[\t ]*(.*)/.exec(inserted)?.[1];
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
