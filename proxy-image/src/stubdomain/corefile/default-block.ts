import { CorefileError } from "./error";
import { requireBraces } from "./misplaced-brace";
import type { Corefile, Directive } from "./corefile";
import { zoneKeys } from "./zone-key";

/** Settings that a stub domain copies from the block that serves all other names. */
export interface DefaultBlock {
  /** Absent: CoreDNS' default. */
  port: number | undefined;
  /** Lines of its `bind` plugins; empty if it listens on all addresses. */
  bind: string[];
}

/**
 * Finds the block of zone `.`, which the cluster's pods query.
 *
 * @param corefile the text that was parsed, for `bind` as written
 * @throws CorefileError if there is none, if a brace is misplaced, or if there are several on different ports, so that
 * it is unknown which one pods query
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
 * Checks that CoreDNS will notice a change of the file.
 *
 * @throws CorefileError if no block has the `reload` plugin
 */
export function requireReload({ blocks }: Corefile): void {
  if (blocks.some(({ directives }) => directives.some(({ name }) => name === "reload"))) return;
  throw new CorefileError('no server block has the plugin "reload": CoreDNS would not notice a stub domain');
}

/** A plugin's text in the file, without comments; the text in its braces is indented by two more spaces. */
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
