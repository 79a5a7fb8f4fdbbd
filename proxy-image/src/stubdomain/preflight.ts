import { ApiError, nameText, type Cluster, type ConfigMap, type Right } from "./cluster/cluster";
import { CorefileError } from "./corefile/error";
import type { ClusterDns } from "./dns/cluster-dns";
import { expectedMname, type Spec } from "./spec";
import { clusterIp } from "./reconcile";
import { isInstalling, wantedCorefile } from "./state/plan";
import { readRecord, RecordError } from "./state/record";
import { isHeldBack, readStatus } from "./state/status";

/** Why an installation can't begin. */
export class PreflightError extends Error {
  override readonly name = "PreflightError";

  /**
   * @param message what is wrong, and what would be right
   * @param mayPass whether the same check may succeed in some seconds
   */
  constructor(
    message: string,
    readonly mayPass = false,
  ) {
    super(message);
  }
}

/** What the checks need of the world. */
export interface PreflightWorld extends Pick<ClusterDns, "primary"> {
  cluster: Cluster;
}

/**
 * Whether there is an installation to check for: not while one is taken out or waits after a failure, and not where
 * one is through, because from then on trouble is reported and never ends the controller.
 */
export function needsPreflight(spec: Spec, anchor: ConfigMap | undefined, now: Date): boolean {
  if (!anchor) return true;
  if (anchor.metadata.deletionTimestamp !== undefined) return false;
  return isInstalling(spec, anchor) && !isHeldBack(readStatus(anchor), spec.specHash, now);
}

/**
 * Checks everything that can be known before the first write.
 *
 * @throws PreflightError with the reason, ApiError when the API server can't be asked
 */
export async function preflight(
  spec: Spec,
  { cluster, primary }: PreflightWorld,
  anchor: ConfigMap | undefined,
) {
  await checkRights(spec, cluster);
  const [target, service] = await Promise.all([
    cluster.configMap(spec.target),
    cluster.service(spec.dnsService),
  ]);
  const record = anchor && readable(() => readRecord(anchor));
  const wanted = readable(() => wantedCorefile(spec, target, clusterIp(service?.spec?.clusterIP), record));
  const isOurs = !wanted.changes || record?.blocks.some(({ domain }) => domain === spec.domain);
  const mname = await primary().catch((error: unknown) => {
    throw new PreflightError(error instanceof Error ? error.message : String(error), true);
  });
  // Where our block is in already, it may still lead to the Service of before.
  if (isOurs || mname === undefined || mname === expectedMname(spec)) return;
  throw new PreflightError(
    `the cluster's DNS answers for ${spec.domain} already: its zone's primary server is ${JSON.stringify(mname)}. ` +
      "If that is another EgressProxy's, take it out first; otherwise choose another domain",
  );
}

/** Everything that the controller does in its life, so that it does not fail half-way. */
export function neededRights({ target, anchor, dnsService }: Spec): Right[] {
  const configMaps = [target, anchor].flatMap((name) =>
    ["get", "patch"].map((verb) => ({ verb, group: "", resource: "configmaps", ...name })),
  );
  return [
    ...configMaps,
    { verb: "get", group: "", resource: "services", ...dnsService },
    { verb: "list", group: "discovery.k8s.io", resource: "endpointslices", namespace: target.namespace },
    { verb: "create", group: "", resource: "events", namespace: anchor.namespace },
  ];
}

async function checkRights(spec: Spec, cluster: Cluster): Promise<void> {
  const rights = neededRights(spec);
  const allowed = await Promise.all(rights.map((right) => cluster.isAllowed(right)));
  const missing = rights.filter((_, at) => !allowed[at]);
  if (missing.length === 0) return;
  const texts = missing.map(({ verb, group, resource, namespace, name }) => {
    const what = group === "" ? resource : `${resource}.${group}`;
    return `${verb} ${what} ${name === undefined ? `in ${namespace}` : nameText({ namespace, name })}`;
  });
  // Roles that were created a moment ago take effect a moment later.
  throw new PreflightError(`the service account lacks rights: ${texts.join(", ")}`, true);
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CorefileError || error instanceof RecordError)
      throw new PreflightError(error.message);
    throw error;
  }
}

/** Whether the same check may succeed in some seconds. */
export function mayPass(error: PreflightError | ApiError): boolean {
  return error instanceof PreflightError ? error.mayPass : error.isTransient;
}
