import { text } from "node:stream/consumers";
import type { Cluster } from "../stubdomain/cluster/cluster";
import { kubeCluster } from "../stubdomain/cluster/kube-cluster";
import { LANDMARKS } from "../contract/stub-domain/rights";
import { COREFILE_FIELD } from "../stubdomain/targets/coredns";
import { TargetError } from "../stubdomain/targets/error";
import { textOf } from "../stubdomain/targets/object";
import { corefileFormat } from "../stubdomain/targets/corefile-format";
import { TARGET_OBJECTS } from "../contract/stub-domain/target-ref";
import { cacheDomains } from "./rke2-node-local";
import type { Output } from "./output";
import { loadConfig } from "./kubeconfig";
import { eksConfigurationValues, rke2ChartConfig, withBlock } from "./manual";
import { type Platform, PRINT_USAGE, readPrintOptions } from "./print-options";
import { UsageError } from "./usage-error";

/**
 * `k8s-egress dns print`
 *
 * @param input the server block, as in the output `stubDomain`
 * @returns the exit status
 * @throws UsageError, and ApiError if the API server rejects a request or can't be reached
 */
export async function runDnsPrint(
  argv: string[],
  input: NodeJS.ReadableStream & { isTTY?: boolean },
  out: Output,
): Promise<number> {
  const options = readPrintOptions(argv);
  if (options.help) {
    out.write(PRINT_USAGE);
    return 0;
  }
  if (input.isTTY) throw new UsageError(`the block is missing on standard input\n${PRINT_USAGE}`);
  const block = await text(input);
  out.write(`${await printed(kubeCluster(loadConfig(options)), options.platform, block)}\n`);
  return 0;
}

/** Undefined if the cluster has no NodeLocal DNSCache. */
async function domainsOfCache(cluster: Cluster, block: string): Promise<string[] | undefined> {
  const cache = { namespace: "kube-system", name: TARGET_OBJECTS.nodeLocalDns.name };
  const corefile = textOf(await cluster.configMap(cache), COREFILE_FIELD);
  if (corefile === undefined) return undefined;
  const { version } = await cluster.platform();
  return cacheDomains(corefile, corefileFormat.domainOf(block), version);
}

const CONFIG_MAPS: Readonly<Record<Platform, string>> = { eks: LANDMARKS.coredns, rke2: LANDMARKS.rke2 };

/** @throws UsageError if the cluster has no such Corefile, or it can't take the block */
export async function printed(cluster: Cluster, platform: Platform, block: string): Promise<string> {
  const name = CONFIG_MAPS[platform];
  const corefile = textOf(await cluster.configMap({ namespace: "kube-system", name }), COREFILE_FIELD);
  if (corefile === undefined) {
    throw new UsageError(`--for ${platform}: this cluster has no Corefile in ConfigMap kube-system/${name}`);
  }
  try {
    const wanted = withBlock(corefile, block);
    return platform === "eks"
      ? eksConfigurationValues(wanted)
      : rke2ChartConfig(wanted, await domainsOfCache(cluster, block));
  } catch (error) {
    if (error instanceof TargetError) throw new UsageError(error.message);
    throw error;
  }
}
