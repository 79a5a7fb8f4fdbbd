import { readFile, writeFile } from "node:fs/promises";

import type { Cluster } from "./cluster";
import type { SeenRequest } from "./third-parties/seen";

/** The requests that third parties saw since {@link forgetSeen}: of all, or of one host. */
export async function seenByThirdParties(cluster: Cluster, thirdParty?: string): Promise<SeenRequest[]> {
  const url = new URL("/__seen", cluster.thirdParties.controlUrl);
  if (thirdParty !== undefined) url.searchParams.set("thirdParty", thirdParty);
  const response = await fetch(url);
  return (await response.json()) as SeenRequest[];
}

/** Has the third parties forget what they saw. */
export async function forgetSeen(cluster: Cluster): Promise<void> {
  await fetch(new URL("/__seen", cluster.thirdParties.controlUrl), { method: "DELETE" });
}

/**
 * Gives a third party's name other addresses, or takes it away with none. Pods see that within seconds: the
 * pretended internet's DNS looks each second, and the cluster's keeps an answer for five.
 */
export async function setAddresses(
  cluster: Cluster,
  host: string,
  addresses: readonly string[],
): Promise<void> {
  const { hostsFile } = cluster.thirdParties;
  const lines = (await readFile(hostsFile, "utf8"))
    .split("\n")
    .filter((line) => line && !line.endsWith(` ${host}`));
  lines.push(...addresses.map((address) => `${address} ${host}`));
  await writeFile(hostsFile, `${lines.join("\n")}\n`);
}
