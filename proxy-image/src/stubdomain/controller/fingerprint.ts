import { createHash } from "node:crypto";
import type { Spec } from "../../contract/stub-domain/spec";
import type { Cluster, ConfigMap } from "../cluster/cluster";
import { clusterDnsSlices } from "../dns/cluster-dns";
import { readyServers } from "../dns/servers";
import { readStatus } from "../state/status";
import { readTarget } from "../targets/store";

/**
 * Identifies what the cluster's DNS loads, and which processes load it: an installation that these did not load is tried
 * again when it has changed.
 *
 * @throws ApiError
 */
export async function fingerprint(cluster: Cluster, spec: Spec): Promise<string> {
  const [{ object, corefile }, slices] = await Promise.all([
    readTarget(cluster, spec.target),
    clusterDnsSlices(cluster, spec),
  ]);
  const addresses = readyServers(slices).map(({ address }) => address);
  const content = [object?.data ?? object?.spec, corefile, addresses.sort()];
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
}

/** The fingerprint, if the anchor's status waits for another one. */
export async function neededFingerprint(
  cluster: Cluster,
  spec: Spec,
  anchor: ConfigMap | undefined,
): Promise<string | undefined> {
  const heldFor = anchor && readStatus(anchor)?.heldFor;
  return heldFor === undefined || heldFor === "" ? undefined : fingerprint(cluster, spec);
}
