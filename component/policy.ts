import type { Policy } from "../proxy-image/src/policy/policy";
import { serviceName } from "./names";
import type { Settings } from "./settings";

/** Compiles the policy that the proxy obeys. */
export function compilePolicy({ domain, namespace, clusterDomain, upstreams }: Settings): Policy {
  return {
    version: 1,
    domain,
    services: { namespace, clusterDomain },
    upstreams: Object.fromEntries(
      [...upstreams]
        .sort((a, b) => (a.host < b.host ? -1 : 1))
        .map(({ host, ...rest }) => [host, { service: serviceName(host), ...rest }]),
    ),
  };
}

/**
 * The policy as the text that is hashed and mounted: sorted by host, so that reordering the arguments changes
 * nothing, and on many lines, so that the preview's diff shows one entry for one entry.
 */
export function policyText(policy: Policy): string {
  return `${JSON.stringify(policy, undefined, 2)}\n`;
}
