import { CorefileError } from "./error";
import type { Corefile, ServerBlock } from "./corefile";

/** Plugins of clusters' Corefiles. If one is an address, the block before it was closed too early. */
const PLUGINS = new Set([
  ..."autopath bind bufsize cache dns64 errors forward health hosts import k8s_external kubernetes".split(
    " ",
  ),
  ..."loadbalance log loop metadata prometheus ready reload rewrite template".split(" "),
]);

/**
 * Rejects a text in which a brace is at a wrong depth. CoreDNS' parser accepts it: it reads what follows the brace as
 * the addresses of a block without braces, which then contains the plugins up to the next closing brace, or all of the
 * rest. It does the same if an opening brace is part of an address.
 *
 * @throws CorefileError that names the brace's line
 */
export function requireBraces(corefile: string, { blocks }: Corefile): void {
  const glued = blocks.find(({ keys, hasBraces }) => !hasBraces && keys.at(-1)?.endsWith("{"));
  if (glued) throw gluedBrace(glued.keys.at(-1)!, glued.line);
  const at = blocks.findIndex((block, index) => isStray(block) || (index > 0 && isUnbraced(block)));
  const stray = blocks[at];
  if (!stray) return;
  // The block that was closed too early precedes all blocks that should be inside it.
  let first = at;
  while (first > 1 && isPlugin(blocks[first - 1]!)) first--;
  const closed = blocks[first - 1];
  if (closed?.end === undefined)
    throw new CorefileError('the brace "}" closes nothing: take it out', stray.line);
  const { keys, line } = blocks[first]!;
  const follows = isStray(blocks[first]!)
    ? `the brace on line ${line} closes nothing`
    : `CoreDNS takes "${keys[0]!}" on line ${line} for another block`;
  throw new CorefileError(
    `the brace "}" ends the block "${closed.keys.join(" ")}", and ${follows}: one of them is too many, or stands too early`,
    lineAt(corefile, closed.end),
  );
}

/** An opening brace that CoreDNS reads as the end of an address. */
export function gluedBrace(key: string, line: number | undefined): CorefileError {
  const zone = key.slice(0, -1);
  return new CorefileError(`CoreDNS reads "${key}" as a name: put a space before {, as in "${zone} {"`, line);
}

/** A closing brace that CoreDNS reads as an address. */
function isStray({ keys }: ServerBlock): boolean {
  return keys[0] === "}";
}

function isUnbraced(block: ServerBlock): boolean {
  return !block.hasBraces && isPlugin(block);
}

function isPlugin({ keys }: ServerBlock): boolean {
  return PLUGINS.has(keys[0]!);
}

function lineAt(text: string, end: number): number {
  return text.slice(0, end).split("\n").length;
}
