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
import type { ConfigMap } from "../cluster/cluster";
import { COREFILE_FIELD, pluginsOf } from "./coredns";
import { textOf } from "./object";
import { corefileFormat } from "./corefile-format";
import { TakenError, TargetError } from "./error";
import type { Surroundings, Target } from "./target";
import {
  corefileNames,
  isNodeLocal,
  TARGET_OBJECTS,
  TARGET_SHAPES,
  type TargetRef,
} from "../../contract/stub-domain/target-ref";

/**
 * A key of our own in the ConfigMap whose files a Corefile imports, for distributions that revert changes of the
 * Corefile itself (AKS, k3s, DOKS, OKE, LKE, OVH, Gardener; CoreWeave for NodeLocal DNSCache).
 *
 * @param ref with a key, such as `egress.server`
 * @throws TargetError if it has none
 */
export function importedTarget(ref: TargetRef): Target {
  const { kind = "corednsCustom", key } = ref;
  if (key === undefined) throw new TargetError(`the target ${kind} needs a key`);
  return {
    format: corefileFormat,
    field: ["data", key],
    mayBeMissing: TARGET_SHAPES[kind].mayBeMissing,
    isImported: true,
    plugins(surroundings) {
      const { parts, fragments } = filesOf(surroundings, ref, key);
      return [
        ...parts.flatMap(({ parsed }) => pluginsOf(parsed)),
        ...fragments.flatMap(({ directives }) => directives.map(({ name }) => name)),
      ];
    },
    entry({ domain, forwardTo, marker }, surroundings) {
      const { corefile, beside } = importing(surroundings, ref, key);
      const parsed = parseCorefile(corefile);
      const place = defaultBlock(corefile, parsed);
      requireReload(parsed);
      if (isNodeLocal(kind)) requireAddresses(place.bind);
      const settings = isNodeLocal(kind) ? { forceTcp: true } : {};
      const entry = `\n${stubBlock({ domain, forwardTo, ...place, ...settings, marker })}`;
      requireFree(entry, [["Corefile", corefile], ...beside]);
      const { parts, fragments } = filesOf(surroundings, ref, key);
      requireServedOnce(parts);
      requirePluginsOnce(parts, ({ imports }) =>
        fragments.filter(({ name }) => importOf(ref, imports, name) !== undefined),
      );
      return entry;
    },
  };
}

/** node-cache replaces its placeholders in the Corefile only, not in what that imports. */
function requireAddresses(bind: readonly string[]): void {
  const placeholder = /__PILLAR__\w+/.exec(bind.join(" "))?.[0];
  if (placeholder === undefined) return;
  throw new TargetError(
    `the cache's Corefile binds ${placeholder}, which node-cache replaces in that file and not in files that it ` +
      'imports: write the address there, or use dns.nodeLocalConfigMap.format: "corefile"',
  );
}

/** The Corefile, and the other keys that it imports between its blocks. */
function importing({ object, corefile }: Surroundings, ref: TargetRef, key: string) {
  const whose = `ConfigMap ${ref.namespace}/${corefileNames(ref).join(" or ")}`;
  if (corefile === undefined) {
    throw new TargetError(
      `there is no Corefile (${whose}) that could import ${key}: name the ConfigMap that has it with ` +
        `${argumentOf(ref)}.corefile`,
    );
  }
  const pattern = importOf(ref, parseCorefile(corefile).topLevelImports, key);
  if (pattern === undefined) {
    throw new TargetError(
      `the Corefile (${whose}) imports no file ${key}: it has no line such as "import custom/*.server" between its ` +
        `blocks; ${argumentOf(ref)}.key names another file`,
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
function filesOf(
  surroundings: Surroundings,
  ref: TargetRef,
  key: string,
): { parts: CorefilePart[]; fragments: Fragment[] } {
  const { corefile, others, beside } = importing(surroundings, ref, key);
  const parts = [["Corefile", corefile] as const, ...beside].map(([name, text]) => ({
    name,
    parsed: parsedFile(name, text),
  }));
  const inside = parts.flatMap(({ parsed }) => parsed.blocks.flatMap(({ imports }) => imports));
  const fragments = others
    .filter(([other]) => importOf(ref, inside, other) !== undefined)
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

/**
 * The import that includes a key of the target's ConfigMap. Distributions mount `coredns-custom` as the folder `custom`;
 * where another ConfigMap is mounted, its name does not say.
 */
export function importOf(ref: TargetRef, imports: readonly string[], key: string): string | undefined {
  const isUsual = ref.name === TARGET_OBJECTS.corednsCustom.name && ref.corefile === undefined;
  return imports.find((pattern) => (!isUsual || /(^|\/)custom\//.test(pattern)) && matches(pattern, key));
}

/** Whether a Corefile imports the target's key between its blocks. */
export function importsKey(ref: TargetRef, corefile: string): boolean {
  try {
    return importOf(ref, parseCorefile(corefile).topLevelImports, ref.key ?? "any.server") !== undefined;
  } catch (error) {
    // Editing the Corefile reports its errors.
    if (error instanceof TargetError) return false;
    throw error;
  }
}

/** The first ConfigMap whose Corefile imports the target's key; if none does, the first one: the errors are about it. */
export function importer(ref: TargetRef, from: readonly (ConfigMap | undefined)[]): ConfigMap | undefined {
  const present = from.filter((object) => object !== undefined);
  return present.find((object) => importsKey(ref, textOf(object, COREFILE_FIELD) ?? "")) ?? present[0];
}

/** The component's argument that describes the target's ConfigMap. */
function argumentOf({ kind }: TargetRef): string {
  return isNodeLocal(kind) ? "dns.nodeLocalConfigMap" : "dns.configMap";
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
