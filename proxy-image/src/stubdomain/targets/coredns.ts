import { type StubBlock, stubBlock } from "../../contract/stub-domain/block";
import { defaultBlock, requireReload } from "../corefile/default-block";
import type { Corefile } from "../corefile/corefile";
import { parseCorefile } from "../corefile/server-blocks";
import { requirePluginsOnce, requireServedOnce } from "../corefile/loadable";
import { corefileFormat } from "./corefile-format";
import { textOf } from "./object";
import type { Field, Target } from "./target";

/** The usual place of a Corefile in its ConfigMap. */
export const COREFILE_FIELD: Field = ["data", "Corefile"];

/**
 * A target that is a whole Corefile: the stub domain is a server block beside the default one, on its port and
 * addresses.
 *
 * @param key of the ConfigMap that holds the Corefile
 * @param settings further settings of the block
 */
export function corefileTarget(key = "Corefile", settings: Pick<StubBlock, "forceTcp"> = {}): Target {
  const field: Field = ["data", key];
  return {
    format: corefileFormat,
    field,
    mayBeMissing: "nothing",
    isImported: false,
    plugins: ({ object }) => pluginsOf(parseCorefile(textOf(object, field) ?? "")),
    entry({ domain, forwardTo, marker }, { object }) {
      const corefile = textOf(object, field) ?? "";
      const parsed = parseCorefile(corefile);
      const place = defaultBlock(corefile, parsed);
      requireReload(parsed);
      const parts = [{ name: "Corefile", parsed }];
      requireServedOnce(parts);
      requirePluginsOnce(parts);
      return `\n${stubBlock({ domain, forwardTo, ...place, ...settings, marker })}`;
    },
  };
}

/** The names of all plugins in a Corefile. */
export function pluginsOf({ blocks }: Corefile): string[] {
  return blocks.flatMap(({ directives }) => directives.map(({ name }) => name));
}
