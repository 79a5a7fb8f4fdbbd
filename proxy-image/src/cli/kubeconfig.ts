import { KubeConfig } from "@kubernetes/client-node";
import { UsageError } from "./usage-error";

/** Selects the cluster, by kubectl's options of the same names. */
export interface ClusterChoice {
  kubeconfig: string | undefined;
  context: string | undefined;
}

/** @throws UsageError if there is no such file or context, or nothing that names a cluster */
export function loadConfig({ kubeconfig, context }: ClusterChoice): KubeConfig {
  const config = read(kubeconfig);
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

/** What the library takes where it finds no kubeconfig, and is not in a pod: kubectl's old default, without TLS. */
const NOT_FOUND = "http://localhost:8080";

function read(file: string | undefined): KubeConfig {
  const config = new KubeConfig();
  const { KUBECONFIG } = process.env;
  const source = file !== undefined ? `--kubeconfig: ${file}` : `KUBECONFIG: ${KUBECONFIG}`;
  try {
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw new UsageError(`${source} is not a kubeconfig that can be read: ${message}`);
    throw new UsageError(`${source} does not exist; ${ADVICE}`);
  }
  if (file === undefined && !KUBECONFIG && config.getCurrentCluster()?.server === NOT_FOUND)
    throw new UsageError(`there is no kubeconfig: neither KUBECONFIG nor ~/.kube/config; ${ADVICE}`);
  return config;
}

const ADVICE = "give the file that names your cluster, as --kubeconfig FILE or in KUBECONFIG";
