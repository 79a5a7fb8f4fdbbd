import { stubBlock } from "../../contract/stub-domain/block";
import { defaultBlock, requireReload } from "../corefile/default-block";
import { servedBy, singleBlock, zoneOf } from "../corefile/edit";
import { CorefileError } from "../corefile/error";
import type { Corefile } from "../corefile/corefile";
import { parseCorefile } from "../corefile/server-blocks";
import { requireServedOnce } from "../corefile/twice";
import { corefileFormat } from "./corefile-format";
import { TakenError, TargetError } from "./error";
import type { Target } from "./target";

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
    entry({ domain, forwardTo, marker }, { object, corefile }) {
      if (corefile === undefined) {
        throw new TargetError(
          "the cluster has no Corefile (ConfigMap coredns) that could import server blocks",
        );
      }
      const parsed = parseCorefile(corefile);
      const pattern = importOf(parsed.topLevelImports, key);
      if (pattern === undefined) {
        throw new TargetError(
          `the cluster's Corefile imports no file ${key}: it has no line such as "import custom/*.server" between its blocks`,
        );
      }
      const place = defaultBlock(corefile, parsed);
      requireReload(parsed);
      const entry = `\n${stubBlock({ domain, forwardTo, ...place, marker })}`;
      const beside = Object.entries(object?.data ?? {}).filter(
        ([other]) => other !== key && matches(pattern, other),
      );
      requireFree(entry, [["Corefile", corefile], ...beside]);
      requireServedOnce([
        { name: "Corefile", parsed },
        ...beside.map(([name, text]) => ({ name, parsed: parsedFile(name, text) })),
      ]);
      return entry;
    },
  };
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
    if (error instanceof CorefileError) throw new TargetError(`${name}: ${error.message}`);
    throw error;
  }
}

/** The import, between the server blocks, that includes a key of the ConfigMap. */
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
