import { stubBlock } from "../../contract/stub-domain/block";
import { defaultBlock, requireReload } from "../corefile/default-block";
import { servedBy, singleBlock, zoneOf } from "../corefile/edit";
import { CorefileError, inFile } from "../corefile/error";
import type { Corefile } from "../corefile/corefile";
import { parseCorefile } from "../corefile/server-blocks";
import {
  type CorefilePart,
  type Fragment,
  requirePluginsOnce,
  requireServedOnce,
} from "../corefile/loadable";
import { pluginsOf } from "./coredns";
import { corefileFormat } from "./corefile-format";
import { TakenError, TargetError } from "./error";
import type { Surroundings, Target } from "./target";

/**
 * A key of our own in the ConfigMap whose files the Corefile imports, for distributions that revert changes of the
 * Corefile itself (AKS, k3s, DOKS, OKE, LKE).
 *
 * @param key such as `egress.server`
 */
export function corednsCustom(key: string | undefined): Target {
  if (key === undefined) throw new TargetError("the target corednsCustom needs a key");
  return {
    format: corefileFormat,
    field: ["data", key],
    mayBeMissing: "object",
    isImported: true,
    plugins(surroundings) {
      const { parts, fragments } = filesOf(surroundings, key);
      return [
        ...parts.flatMap(({ parsed }) => pluginsOf(parsed)),
        ...fragments.flatMap(({ directives }) => directives.map(({ name }) => name)),
      ];
    },
    entry({ domain, forwardTo, marker }, surroundings) {
      const { corefile, beside } = importing(surroundings, key);
      const parsed = parseCorefile(corefile);
      const place = defaultBlock(corefile, parsed);
      requireReload(parsed);
      const entry = `\n${stubBlock({ domain, forwardTo, ...place, marker })}`;
      requireFree(entry, [["Corefile", corefile], ...beside]);
      const { parts, fragments } = filesOf(surroundings, key);
      requireServedOnce(parts);
      requirePluginsOnce(parts, ({ imports }) =>
        fragments.filter(({ name }) => importOf(imports, name) !== undefined),
      );
      return entry;
    },
  };
}

/** The Corefile, and the other keys that it imports between its blocks. */
function importing({ object, corefile }: Surroundings, key: string) {
  if (corefile === undefined) {
    throw new TargetError("the cluster has no Corefile (ConfigMap coredns) that could import server blocks");
  }
  const pattern = importOf(parseCorefile(corefile).topLevelImports, key);
  if (pattern === undefined) {
    throw new TargetError(
      `the cluster's Corefile imports no file ${key}: it has no line such as "import custom/*.server" between its blocks`,
    );
  }
  const others = Object.entries(object?.data ?? {}).filter(([other]) => other !== key);
  return { corefile, others, beside: others.filter(([other]) => matches(pattern, other)) };
}

/**
 * All that CoreDNS loads beside our key.
 *
 * @throws TargetError that names the file which can't be parsed
 */
function filesOf(surroundings: Surroundings, key: string): { parts: CorefilePart[]; fragments: Fragment[] } {
  const { corefile, others, beside } = importing(surroundings, key);
  const parts = [["Corefile", corefile] as const, ...beside].map(([name, text]) => ({
    name,
    parsed: parsedFile(name, text),
  }));
  const inside = parts.flatMap(({ parsed }) => parsed.blocks.flatMap(({ imports }) => imports));
  const fragments = others
    .filter(([other]) => importOf(inside, other) !== undefined)
    .map(([name, text]) => fragment(name, text));
  return { parts, fragments };
}

/** CoreDNS does not start with a configuration that serves a zone twice, whatever files its parts come from. */
function requireFree(entry: string, files: [name: string, text: string][]): void {
  const zone = zoneOf(singleBlock(entry));
  for (const [name, text] of files) {
    if (servedBy(parsedFile(name, text), zone).length === 0) continue;
    const domain = corefileFormat.domainOf(entry);
    throw new TakenError(`${domain} is served already, by ${name}`, corefileFormat.find(text, domain));
  }
}

function parsedFile(name: string, text: string): Corefile {
  try {
    return parseCorefile(text);
  } catch (error) {
    if (error instanceof CorefileError) throw new TargetError(inFile(name, error.reason, error.line));
    throw error;
  }
}

/** A key that is imported into a block: plugins, or only a comment. */
function fragment(name: string, text: string): Fragment {
  try {
    const [block, ...more] = parseCorefile(`. {\n${text}\n}\n`).blocks;
    if (!block || more.length > 0) throw new CorefileError('a "}" closes the block that imports it');
    if (block.end === undefined) throw new CorefileError('a "{" is never closed with "}"');
    const { directives } = block;
    for (const { tokens } of directives) for (const token of tokens) token.line--;
    return { name, directives };
  } catch (error) {
    if (!(error instanceof CorefileError)) throw error;
    throw new TargetError(inFile(name, error.reason, error.line === undefined ? undefined : error.line - 1));
  }
}

/** The import that includes a key of the ConfigMap. */
export function importOf(imports: readonly string[], key: string): string | undefined {
  return imports.find((pattern) => /(^|\/)custom\//.test(pattern) && matches(pattern, key));
}

/** Whether a file's name matches the last part of a pattern: Go's filepath.Match, as far as `*` and `?`. */
function matches(pattern: string, file: string): boolean {
  const last = pattern.slice(pattern.lastIndexOf("/") + 1);
  const expression = last
    .split(/([*?])/)
    .map((part) => (part === "*" ? ".*" : part === "?" ? "." : part.replace(/[\\^$.+()[\]{}|]/g, "\\$&")))
    .join("");
  return new RegExp(`^${expression}$`).test(file);
}
