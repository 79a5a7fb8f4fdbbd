import { LANDMARKS } from "../../contract/stub-domain/rights";
import type { Spec } from "../../contract/stub-domain/spec";
import { isCoredns, targetText } from "../../contract/stub-domain/target-ref";
import type { Observed } from "../state/plan";
import type { Warning } from "../state/warning";
import { uncoveredCache } from "../targets/advice";
import type { World } from "./world";

/**
 * Looks for what will break a stub domain that serves now.
 *
 * @throws ApiError
 */
export async function warningsBeside(spec: Spec, world: World, observed: Observed): Promise<Warning[]> {
  const [stale, added] = await Promise.all([
    staleConfiguration(spec, world, observed),
    addedCache(spec, world),
  ]);
  return [stale, added].filter((warning) => warning !== undefined);
}

async function staleConfiguration(
  { target }: Spec,
  { processes, reloads, now }: World,
  { object, corefile }: Observed,
): Promise<Warning | undefined> {
  const version = `${object?.metadata.resourceVersion ?? ""} ${corefile ?? ""}`;
  const stale = reloads(await processes(), version, now());
  if (stale.length === 0) return undefined;
  const message =
    `CoreDNS on ${stale.join(", ")} could not load its changed file, and runs with an older one: a pod that starts now ` +
    `does not start. Its log has the reason ("reload failed"); the mistake is in ${targetText({ ...target, key: undefined })} ` +
    "or in a file that CoreDNS imports";
  return { reason: "ClusterDnsStale", message };
}

async function addedCache(spec: Spec, { cluster, resolvers }: World): Promise<Warning | undefined> {
  const { kind, namespace } = spec.target;
  if (spec.behindCache || !isCoredns(kind)) return undefined;
  const [addresses, ...caches] = await Promise.all([
    resolvers(),
    ...LANDMARKS.nodeLocalDns.map((name) => cluster.configMap({ namespace, name })),
  ]);
  const nodeLocalDns = caches.find((object) => object !== undefined);
  const message = uncoveredCache(spec, { nodeLocalDns, resolvers: addresses });
  return message === undefined ? undefined : { reason: "NodeLocalDnsAdded", message };
}
