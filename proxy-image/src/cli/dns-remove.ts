import { kubeCluster } from "../stubdomain/cluster/kube-cluster";
import { loadConfig } from "./kubeconfig";
import { readRemoveOptions, REMOVE_USAGE } from "./options";
import type { Output } from "./output";
import { removeStubDomains } from "./remove-stub-domains";

/**
 * `k8s-egress dns remove`
 *
 * @returns the exit status
 * @throws UsageError, and ApiError if the API server rejects a request or can't be reached
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
