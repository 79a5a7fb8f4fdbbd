import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import type { ClusterChoice } from "../kubeconfig";
import { UsageError } from "../usage-error";
import type { ProxyChoice } from "./egress-proxies";

const text = { type: "string" } as const;

/** Which EgressProxy, in which cluster: what all commands about one are given. */
const SHARED = {
  kubeconfig: text,
  context: text,
  namespace: { ...text, short: "n" },
  name: text,
  help: { type: "boolean", default: false, short: "h" },
} as const;

export const CLUSTER_USAGE = `  -n, --namespace NS   namespace of the EgressProxy; default: the only one in the cluster
  --name NAME          name of the EgressProxy, if there are several
  --kubeconfig FILE    default: $KUBECONFIG, or ~/.kube/config
  --context NAME       default: the kubeconfig's current context
  --help
`;

/** The option of commands whose output is for people or programs; {@link formatOf} reads it. */
export const FORMAT_OPTION = { output: { ...text, short: "o", default: "table" } } as const;

export const FORMAT_USAGE = `  -o, --output FORMAT  table (default) or json
`;

export type Format = "table" | "json";

/** @throws UsageError */
export function formatOf(output: string): Format {
  if (output !== "table" && output !== "json") {
    throw new UsageError(`--output: ${JSON.stringify(output)} is neither table nor json`);
  }
  return output;
}

type Results<O extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: O; strict: true; allowPositionals: true }>
>;

/**
 * Reads a command's options, those that all share included.
 *
 * @param own further options of the command
 * @param read turns them into the command's own; what it throws is a mistake in them
 * @returns "help" if that is asked for
 * @throws UsageError with the mistake and the usage
 */
export function readOptions<const O extends ParseArgsOptionsConfig, R>(
  argv: string[],
  usage: string,
  own: O,
  read: (values: Results<O>["values"], positionals: string[]) => R,
  { allowPositionals = false } = {},
): (R & ClusterChoice & ProxyChoice) | "help" {
  try {
    const options = { ...SHARED, ...own };
    const { values, positionals } = parseArgs({ args: argv, strict: true, allowPositionals, options });
    const { help, kubeconfig, context, namespace, name } = values as Results<typeof SHARED>["values"];
    if (help) return "help";
    return {
      ...read(values, positionals),
      kubeconfig,
      context,
      namespace,
      name,
    };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

/** @throws Error that names the option, and says what it should be */
export function numberOf(
  option: string,
  text: string,
  { least, most, what }: { readonly least: number; readonly most: number; readonly what: string },
): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`--${option}: ${JSON.stringify(text)} is no ${what} from ${least} to ${most}`);
}
