import type { Destination, Route } from "../route/route";
import { AUDIT_ENTRY } from "../../contract/policy/audit-entry";
import type { Policy, PolicyAudit, PolicyUpstream } from "../../contract/policy/policy";
import { isPublicName } from "../../contract/names/public-name";
import { canonicalHost } from "../message/host";
import { type Failure, auditEnded, notAudited, notListed } from "../errors/failures";
import type { ClientIdentity } from "../exchange/client";

/**
 * Decides about a request for a host that the policy does not list.
 *
 * @param header the Host field, which is a host name
 */
export type Unlisted = (header: string, client: ClientIdentity | undefined) => Destination | Failure;

/**
 * While an audit lasts, verified clients of its namespaces may call public hosts that are not listed. The list is
 * checked first, so an audit never overrides an upstream's rules. Nothing changes for other clients. All its hosts
 * share one route: one entry in metrics and logs, one set of limits, and as many names with connections as one wildcard
 * has.
 *
 * @param now milliseconds since 1970; called for every request, because no pod is replaced when an audit ends
 */
export function createAudit(policy: Policy, now: () => number = Date.now): Unlisted {
  const { audit, domain, services, upstreams } = policy;
  if (!audit) return () => notListed;
  const route: Route = {
    entry: AUDIT_ENTRY,
    upstream: unlistedUpstream(audit),
    index: Object.keys(upstreams).length,
  };
  const namespaces = new Set(audit.namespaces);
  const ends = Date.parse(audit.until);
  const suffix = `.${domain}`;

  return (header, client) => {
    if (!client || !namespaces.has(client.namespace)) return notListed;
    const name = canonicalHost(header)!;
    const ownName = !name.endsWith(suffix);
    const host = ownName ? name : name.slice(0, -suffix.length);
    // A host above the domain is denied too: the domain hides a part of it from the cluster.
    const isOwn = isWithin(host, services.clusterDomain) || isWithin(host, domain) || isWithin(domain, host);
    if (isOwn || !isPublicName(host)) return notAudited;
    return now() < ends ? { route, host, ownName } : auditEnded;
  };
}

/** Public authorities, public addresses, no settings: a third party that needs more has to be listed. */
function unlistedUpstream(audit: PolicyAudit): PolicyUpstream {
  return { ...audit, port: 443, tls: { minVersion: "TLSv1.2" }, allowedCidrs: [] };
}

function isWithin(name: string, ancestor: string): boolean {
  return name === ancestor || name.endsWith(`.${ancestor}`);
}
