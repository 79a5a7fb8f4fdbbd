import { stubBlock } from "../corefile/block";
import { defaultBlock, requireReload } from "../corefile/default-block";
import { parseCorefile } from "../corefile/server-blocks";
import { corefileFormat } from "./corefile-format";
import { textOf } from "./object";
import type { Field, Target } from "./target";

export const COREFILE_FIELD: Field = ["data", "Corefile"];

/** CoreDNS' own configuration: a server block beside the default one, on its port and addresses. */
export const coredns: Target = {
  format: corefileFormat,
  field: COREFILE_FIELD,
  mayBeMissing: "nothing",
  isImported: false,
  entry({ domain, forwardTo, marker }, { object }) {
    const corefile = textOf(object, COREFILE_FIELD) ?? "";
    const parsed = parseCorefile(corefile);
    requireReload(parsed);
    return `\n${stubBlock({ domain, forwardTo, ...defaultBlock(corefile, parsed), marker })}`;
  },
};
