import { type StubBlock, stubBlock } from "../../contract/stub-domain/block";
import { defaultBlock, requireReload } from "../corefile/default-block";
import { parseCorefile } from "../corefile/server-blocks";
import { corefileFormat } from "./corefile-format";
import { textOf } from "./object";
import type { Field, Target } from "./target";

export const COREFILE_FIELD: Field = ["data", "Corefile"];

/**
 * A target that is a whole Corefile: a server block beside the default one, on its port and addresses.
 *
 * @param settings what the block has besides
 */
export function corefileTarget(settings: Pick<StubBlock, "forceTcp"> = {}): Target {
  return {
    format: corefileFormat,
    field: COREFILE_FIELD,
    mayBeMissing: "nothing",
    isImported: false,
    entry({ domain, forwardTo, marker }, { object }) {
      const corefile = textOf(object, COREFILE_FIELD) ?? "";
      const parsed = parseCorefile(corefile);
      requireReload(parsed);
      return `\n${stubBlock({ domain, forwardTo, ...defaultBlock(corefile, parsed), ...settings, marker })}`;
    },
  };
}

/** CoreDNS' own configuration. */
export const coredns: Target = corefileTarget();
