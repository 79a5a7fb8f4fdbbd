import { CorefileError } from "./error";
import { requireBraces } from "./misplaced-brace";
import type { Corefile, Directive } from "./corefile";
import { zoneKeys } from "./zone-key";

/** What a stub domain takes over from the block that serves all other names. */
export interface DefaultBlock {
  /** Absent when the block leaves it to CoreDNS. */
  port: number | undefined;
  /** Lines of its `bind` plugins; empty when it listens everywhere. */
  bind: string[];
}

/**
 * Finds the block of zone `.`, which the cluster's pods ask.
 *
 * @param corefile the text that was parsed, for `bind` as written
 * @throws CorefileError when there is none, when a brace is misplaced, or when several on different ports leave it open which one pods ask
 */
export function defaultBlock(corefile: string, parsed: Corefile): DefaultBlock {
  requireBraces(corefile, parsed);
  const candidates = parsed.blocks.flatMap((block) =>
    block.keys
      .flatMap((key) => zoneKeys(key, block.line))
      .filter(({ zone, protocol }) => zone === "." && protocol === "dns")
      .map((key) => ({ block, key })),
  );
  if (candidates.length === 0) {
    throw new CorefileError(
      'there is no server block for all names, such as ".:53 { … }", whose port could be used',
    );
  }
  const ports = [...new Set(candidates.map(({ key }) => key.port))];
  const port = ports.includes("53") ? "53" : ports[0]!;
  if (port !== "53" && ports.length > 1) {
    throw new CorefileError(
      `blocks for all names on the ports ${ports.join(" and ")}: which one do pods ask?`,
    );
  }
  const chosen = candidates.filter(({ key }) => key.port === port);
  const binds = [...new Set(chosen.map(({ block }) => block))].map((block) =>
    block.directives.filter(({ name }) => name === "bind").map((bind) => sourceOf(corefile, bind)),
  );
  const everywhere = binds.some((lines) => lines.length === 0);
  return {
    port: chosen.some(({ key }) => key.explicitPort) ? Number(port) : undefined,
    bind: everywhere ? [] : [...new Set(binds.flat())].flatMap((bind) => bind.split("\n")),
  };
}

/**
 * Whether CoreDNS will notice a change of the file.
 *
 * @throws CorefileError when no block has the `reload` plugin
 */
export function requireReload({ blocks }: Corefile): void {
  if (blocks.some(({ directives }) => directives.some(({ name }) => name === "reload"))) return;
  throw new CorefileError('no server block has the plugin "reload": CoreDNS would not notice a stub domain');
}

/** A plugin as it stands in the file, without comments; what is in its braces two spaces further in. */
export function sourceOf(corefile: string, { name, tokens }: Directive): string {
  let text = "";
  let line = tokens[0]!.line;
  let depth = 0;
  for (const token of tokens) {
    const source = corefile.slice(token.start, token.end);
    if (source.includes("\n"))
      throw new CorefileError(`an argument of "${name}" goes over several lines`, token.line);
    if (token.text === "}") depth--;
    const separator = token.line === line ? " " : `\n${"  ".repeat(depth)}`;
    text += (text === "" ? "" : separator) + source;
    if (token.text === "{") depth++;
    line = token.line;
  }
  return text;
}
