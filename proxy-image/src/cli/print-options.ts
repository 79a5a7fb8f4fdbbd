import { parseArgs } from "node:util";
import type { ClusterChoice } from "./kubeconfig";
import { UsageError } from "./usage-error";

/** Platforms that own the Corefile, so that it is changed by their own configuration. */
export const PLATFORMS = ["eks", "rke2"] as const;
export type Platform = (typeof PLATFORMS)[number];

/** The options of `k8s-egress dns print`. */
export interface PrintOptions extends ClusterChoice {
  platform: Platform;
  help: boolean;
}

export const PRINT_USAGE = `usage: pulumi stack output stubDomain | k8s-egress dns print --for PLATFORM [options]

Writes what to configure where an add-on or a chart owns the Corefile, with dns.mode "manual": the cluster's Corefile as
it is now, with the block on standard input added, or put in the place of an older one for the same domain. It changes
nothing.

  --for eks            JSON for the add-on's configurationValues
  --for rke2           a HelmChartConfig for rke2-coredns, as JSON, for kubectl apply
  --kubeconfig FILE    default: $KUBECONFIG, or ~/.kube/config
  --context NAME       default: the kubeconfig's current context
  --help
`;

/** @throws UsageError */
export function readPrintOptions(argv: string[]): PrintOptions {
  try {
    const text = { type: "string" } as const;
    const { values } = parseArgs({
      args: argv,
      strict: true,
      allowPositionals: false,
      options: {
        for: text,
        kubeconfig: text,
        context: text,
        help: { type: "boolean", default: false, short: "h" },
      },
    });
    const platform = PLATFORMS.find((one) => one === values.for);
    if (!platform && !values.help) throw new Error(`--for: give one of ${PLATFORMS.join(", ")}`);
    return {
      platform: platform ?? "eks",
      kubeconfig: values.kubeconfig,
      context: values.context,
      help: values.help,
    };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${PRINT_USAGE}`);
  }
}
