import { KubeConfig } from "@kubernetes/client-node";
import { kubeCluster } from "../stubdomain/cluster/kube-cluster";
import { readRemoveOptions, REMOVE_USAGE, type RemoveOptions } from "./options";
import { removeStubDomains } from "./remove-stub-domains";
import { UsageError } from "./usage-error";

/** Where text goes. */
export interface Output {
  write: (text: string) => unknown;
}

/**
 * `k8s-egress dns remove`
 *
 * @returns the exit status
 * @throws UsageError, and ApiError when the cluster refuses or can't be reached
 */
export async function runDnsRemove(argv: string[], out: Output, err: Output): Promise<number> {
  const options = readRemoveOptions(argv);
  if (options.help) {
    out.write(REMOVE_USAGE);
    return 0;
  }
  const results = await removeStubDomains(kubeCluster(loadConfig(options)), options);
  for (const { isLeft, text } of results) (isLeft ? err : out).write(`${text}\n`);
  return results.some(({ isLeft }) => isLeft) ? 1 : 0;
}

function loadConfig({ kubeconfig, context }: RemoveOptions): KubeConfig {
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
