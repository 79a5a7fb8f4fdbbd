import { UsageError } from "../usage-error";

const text = { type: "string" } as const;

/** Options of `parseArgs` that commands about an installed EgressProxy share. */
export const CLUSTER_OPTIONS = {
  kubeconfig: text,
  context: text,
  namespace: { ...text, short: "n" },
  name: text,
  output: { ...text, short: "o", default: "table" },
  help: { type: "boolean", default: false, short: "h" },
} as const;

export const CLUSTER_USAGE = `  -n, --namespace NS   namespace of the EgressProxy; default: the only one in the cluster
  --name NAME          name of the EgressProxy, if there are several
  --kubeconfig FILE    default: $KUBECONFIG, or ~/.kube/config
  --context NAME       default: the kubeconfig's current context
  -o, --output FORMAT  table (default) or json
  --help
`;

export type Format = "table" | "json";

/** @throws UsageError */
export function formatOf(output: string): Format {
  if (output !== "table" && output !== "json") {
    throw new UsageError(`--output: ${JSON.stringify(output)} is neither table nor json`);
  }
  return output;
}
