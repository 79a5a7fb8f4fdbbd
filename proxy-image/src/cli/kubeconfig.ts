import { KubeConfig } from "@kubernetes/client-node";
import { UsageError } from "./usage-error";

/** Selects the cluster, by kubectl's options of the same names. */
export interface ClusterChoice {
  kubeconfig: string | undefined;
  context: string | undefined;
}

/** @throws UsageError if there is no such file or context */
export function loadConfig({ kubeconfig, context }: ClusterChoice): KubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new UsageError(`--kubeconfig: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (context !== undefined) {
    if (!config.getContextObject(context)) {
      const known = config.getContexts().map(({ name }) => name);
      throw new UsageError(
        `--context: "${context}" is not in the kubeconfig, which has: ${known.join(", ")}`,
      );
    }
    config.setCurrentContext(context);
  }
  return config;
}
