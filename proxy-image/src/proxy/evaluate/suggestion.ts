import type { Policy, PolicyRule, PolicyUpstream } from "../../contract/policy/policy";
import type { Suggestion } from "../../contract/policy/verdict";
import { isUpstreamHost } from "../../contract/names/names";
import { isPathPattern } from "../../contract/policy/path-pattern";
import { normalPath } from "../authorise/normal-path";
import { type Failure, clientDenied, notListed, requestDenied } from "../errors/failures";
import type { ClientIdentity } from "../exchange/client";
import { canonicalHost } from "../message/host";
import type { RequestHead } from "../message/request-head";
import type { Destination } from "../route/route";

interface DeniedRequest {
  readonly failure: Failure;
  readonly client: ClientIdentity | undefined;
  readonly destination: Destination | undefined;
  readonly head: RequestHead;
}

/**
 * For the check of a suggestion: a host that is not listed has none of an entry's other settings yet. Its service is no
 * DNS label: with one, a client could ask for a host that equals the Service's own name, such as `new.egress`.
 */
const NEW_UPSTREAM: PolicyUpstream = {
  service: "-",
  port: 443,
  timeouts: { connect: 1, response: 1, idle: 1, stream: 1 },
  tls: { minVersion: "TLSv1.2" },
  allowedCidrs: [],
};

/**
 * The smallest rule for a denied request, and the policy with it. The caller evaluates that policy: a rule that changes
 * nothing is no suggestion.
 */
export function suggestionFor(
  policy: Policy,
  { failure, client, destination, head }: DeniedRequest,
): { add: Suggestion; policy: Policy } | undefined {
  const isNew = failure === notListed && !destination;
  if (!isNew && failure !== clientDenied && failure !== requestDenied) return undefined;
  const host = isNew ? unlistedHost(head.host ?? "", policy) : destination?.route.entry;
  if (host === undefined) return undefined;
  const upstream = policy.upstreams[host] ?? NEW_UPSTREAM;
  const path = pathPattern(head.target, upstream.encodedSlashes === true);
  if (path === undefined) return undefined;
  const rule: PolicyRule = {
    ...(client && {
      clients: [{ namespace: client.namespace, serviceAccount: client.serviceAccount }],
    }),
    methods: [head.method],
    paths: [path],
  };
  const allow = [...(upstream.allow ?? []), rule];
  return {
    add: { host, allow: [rule] },
    policy: { ...policy, upstreams: { ...policy.upstreams, [host]: { ...upstream, allow } } },
  };
}

/** @returns undefined for a name that `upstreams` can't list */
function unlistedHost(header: string, { domain, services }: Policy): string | undefined {
  const name = canonicalHost(header) ?? "";
  const host = name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : name;
  const isOwn = `.${host}`.endsWith(`.${services.clusterDomain}`) || host === domain;
  return isUpstreamHost(host) && !isOwn ? host : undefined;
}

/** The path itself; segments that a pattern can't spell (escapes, `*`) become `*`. */
function pathPattern(target: string, encodedSlashes: boolean): string | undefined {
  const path = normalPath(target, encodedSlashes);
  if (path?.startsWith("/") !== true) return undefined;
  const spelled = path
    .split("/")
    .map((segment) =>
      segment === "" || (!segment.includes("*") && isPathPattern(`/${segment}`)) ? segment : "*",
    )
    .join("/");
  return isPathPattern(spelled) ? spelled : undefined;
}
