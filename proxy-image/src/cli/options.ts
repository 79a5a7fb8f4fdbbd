import type { ObjectName } from "../contract/stub-domain/objects";
import { parseArgs } from "node:util";
import { domainName } from "../stubdomain/args";
import { objectName } from "../stubdomain/object-name";
import { TARGET_KINDS, type TargetKind } from "../contract/stub-domain/target-ref";
import { UsageError } from "./usage-error";

/** The options of `k8s-egress dns remove`. */
export interface RemoveOptions {
  kubeconfig: string | undefined;
  context: string | undefined;
  anchor: ObjectName | undefined;
  domain: string | undefined;
  kind: TargetKind | undefined;
  target: ObjectName | undefined;
  key: string | undefined;
  all: boolean;
  dryRun: boolean;
  help: boolean;
}

export const REMOVE_USAGE = `usage: k8s-egress dns remove [options]

Takes stub domains out of a cluster's DNS, when their controller is gone: exactly the lines that it put in. It looks
for anchors that are being deleted (ConfigMaps labelled k8s-egress/anchor, Terminating), removes what they record,
gives what it changed back to the former field managers, and lets the anchors go.

  --kubeconfig FILE    default: $KUBECONFIG, or ~/.kube/config
  --context NAME       default: the kubeconfig's current context
  --anchor NS/NAME     only this anchor
  --domain DOMAIN      only this domain; if no anchor is left, the entry for this domain itself
  --kind KIND          only in this kind of target: ${TARGET_KINDS.join(", ")};
                       if no anchor is left, default: coredns
  --target NS/NAME     only in this object; if no anchor is left, default: where distributions have that kind
  --key KEY            the key of that object; if no anchor is left, default: the kind's usual one, or the one that has
                       the entry
  --all                anchors of several namespaces too: look at them with --dry-run first, as whoever may create
                       ConfigMaps can make one
  --dry-run            say what would be done, and change nothing
  --help

Exit status: 0 when nothing of it is left, 1 when something is (the reason is on stderr), 2 for wrong usage.
`;

/** @throws UsageError */
export function readRemoveOptions(argv: string[]): RemoveOptions {
  try {
    return parse(argv);
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${REMOVE_USAGE}`);
  }
}

function parse(argv: string[]): RemoveOptions {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args: argv,
    strict: true,
    allowPositionals: false,
    options: {
      kubeconfig: text,
      context: text,
      anchor: text,
      domain: text,
      kind: text,
      target: text,
      key: text,
      all: flag,
      "dry-run": flag,
      help: { ...flag, short: "h" },
    },
  });
  return {
    kubeconfig: values.kubeconfig,
    context: values.context,
    anchor: values.anchor === undefined ? undefined : objectName("--anchor", values.anchor),
    domain: values.domain === undefined ? undefined : domainName("--domain", values.domain),
    kind: kindOf(values.kind),
    target: values.target === undefined ? undefined : objectName("--target", values.target),
    key: values.key,
    all: values.all,
    dryRun: values["dry-run"],
    help: values.help,
  };
}

function kindOf(text: string | undefined): TargetKind | undefined {
  const kind = TARGET_KINDS.find((one) => one === text);
  if (text !== undefined && !kind) throw new Error(`--kind: "${text}" is none of ${TARGET_KINDS.join(", ")}`);
  return kind;
}
