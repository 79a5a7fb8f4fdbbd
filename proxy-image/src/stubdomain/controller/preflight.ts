import { ApiError, nameText, type Cluster, type ConfigMap } from "../cluster/cluster";
import type { ClusterDns } from "../dns/cluster-dns";
import { expectedMname, type Spec } from "../../contract/stub-domain/spec";
import { clusterIp } from "./reconcile";
import { neededRights } from "../../contract/stub-domain/rights";
import { isInstalling } from "../state/plan";
import { readRecord, RecordError, type StubRecord } from "../state/record";
import { isHeldBack, readStatus } from "../state/status";
import { wantedText } from "../state/wanted";
import { requireKnownPlugins } from "../corefile/plugins";
import { survey, type Survey } from "./survey";
import { clusterDnsLabel } from "../dns/servers";
import { advice } from "../targets/advice";
import { targetOf } from "../targets/all";
import { TakenError, TargetError } from "../targets/error";
import { readTarget } from "../targets/store";
import type { Surroundings } from "../targets/target";

/** Why an installation can't begin. */
export class PreflightError extends Error {
  override readonly name = "PreflightError";

  /**
   * @param message what is wrong, and how to correct it
   * @param mayPass whether the same check may succeed in some seconds
   */
  constructor(
    message: string,
    readonly mayPass = false,
  ) {
    super(message);
  }
}

/** The dependencies of the checks. */
export interface PreflightWorld extends Pick<ClusterDns, "primary" | "processes" | "resolvers" | "stranger"> {
  cluster: Cluster;
}

/**
 * Whether an installation is to be checked for. It is not during a removal or the pause after a failure, nor after an
 * installation has succeeded: from then on errors are reported and never end the controller.
 */
export function needsPreflight(
  spec: Spec,
  anchor: ConfigMap | undefined,
  now: Date,
  fingerprint: string | undefined,
): boolean {
  if (!anchor) return true;
  if (anchor.metadata.deletionTimestamp !== undefined) return false;
  return isInstalling(spec, anchor) && !isHeldBack(readStatus(anchor), spec.specHash, now, fingerprint);
}

/**
 * Checks everything that can be known before the first write.
 *
 * @throws PreflightError with the reason, ApiError if the API server can't be queried
 */
export async function preflight(
  spec: Spec,
  { cluster, primary, processes, resolvers, stranger }: PreflightWorld,
  anchor: ConfigMap | undefined,
) {
  await checkRights(spec, cluster);
  const seen = await survey(cluster, spec, resolvers);
  const better = advice(spec, seen);
  if (better !== undefined) throw new PreflightError(better);
  checkServers(spec, seen);
  const [surroundings, service] = await Promise.all([
    readTarget(cluster, spec.target),
    cluster.service(spec.dnsService),
  ]);
  const record = anchor && readable(() => readRecord(anchor));
  const forwardTo = clusterIp(service?.spec?.clusterIP);
  const isOurs = readable(() => isOurEntry(spec, surroundings, forwardTo, record));
  const running = await processes();
  readable(() => requireKnownPlugins(targetOf(spec.target).plugins(surroundings), running));
  const mname = await primary().catch((error: unknown) => {
    throw new PreflightError(error instanceof Error ? error.message : String(error), true);
  });
  // If our block is already in, it may still point to the previous Service.
  if (!isOurs && mname !== undefined && mname !== expectedMname(spec)) {
    throw new PreflightError(
      `the cluster's DNS answers for ${spec.domain} already: its zone's primary server is ${JSON.stringify(mname)}. ` +
        "If that is another EgressProxy's, take it out first; otherwise choose another domain",
    );
  }
  const first = await stranger(forwardTo!);
  if (first !== undefined) {
    throw new PreflightError(
      `requests for names of ${spec.domain} would go to a stranger: ${first}, so that domain has a wildcard record. ` +
        'Remove the record or the search domain; or set dns.mode: "manual", and let applications write a final dot ' +
        "after the names or pods set ndots: 2",
    );
  }
}

/** Without an endpoint nothing can be proven. It may start in these seconds. */
function checkServers(spec: Spec, { hasPods }: Survey): void {
  const label = clusterDnsLabel(spec);
  if (hasPods || label === undefined) return;
  throw new PreflightError(
    `the cluster's DNS has no ready pod: no EndpointSlice in ${spec.target.namespace} with the label ${label} has a ` +
      "ready endpoint; if its Service has another label, name it with dns.service",
    true,
  );
}

/**
 * Whether the domain's entry is ours already: as recorded, or as this component's entry under its former names, which
 * is removed before our anchor is created.
 *
 * @throws TargetError if the target can't be edited, or if something else serves the domain
 */
function isOurEntry(
  spec: Spec,
  surroundings: Surroundings,
  forwardTo: string | undefined,
  record: StubRecord | undefined,
): boolean {
  try {
    const { changes } = wantedText(spec, surroundings, forwardTo, record);
    return !changes || record?.blocks.some(({ domain }) => domain === spec.domain) === true;
  } catch (error) {
    if (!(error instanceof TakenError) || error.entry === undefined) throw error;
    const { format } = targetOf(spec.target);
    const isHandedOver = spec.owner !== undefined && format.ownerOf(error.entry) === spec.owner;
    if (!isHandedOver) throw error;
    return true;
  }
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
  // New roles take effect after a short delay.
  throw new PreflightError(`the service account lacks rights: ${texts.join(", ")}`, true);
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof TargetError || error instanceof RecordError) throw new PreflightError(error.message);
    throw error;
  }
}

/** Whether the same check may succeed in some seconds. */
export function mayPass(error: PreflightError | ApiError): boolean {
  return error instanceof PreflightError ? error.mayPass : error.isTransient;
}
