import { stubBlock } from "../corefile/block";
import { defaultBlock, requireReload } from "../corefile/default-block";
import { parseCorefile } from "../corefile/server-blocks";
import { COREFILE_FIELD } from "./coredns";
import { corefileFormat } from "./corefile-format";
import { textOf } from "./object";
import type { Target } from "./target";

/**
 * NodeLocal DNSCache, which answers pods on their own node and sends only the cluster's names to the cluster's DNS.
 *
 * As in its other blocks: its addresses, and TCP to where it forwards, which leaves no entries for UDP in the node's
 * connection table. Source: cluster/addons/dns/nodelocaldns in Kubernetes.
 */
export const nodeLocalDns: Target = {
  format: corefileFormat,
  field: COREFILE_FIELD,
  mayBeMissing: "nothing",
  isImported: false,
  entry({ domain, forwardTo, marker }, { object }) {
    const corefile = textOf(object, COREFILE_FIELD) ?? "";
    const parsed = parseCorefile(corefile);
    requireReload(parsed);
    const { port, bind } = defaultBlock(corefile, parsed);
    return `\n${stubBlock({ domain, forwardTo, port, bind, forceTcp: true, marker })}`;
  },
};
