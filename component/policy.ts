import { MeshMode } from "./args/mesh";
import type { Policy } from "../proxy-image/src/contract/policy/policy";
import { ANY_HOST, serviceName } from "./names";
import type { Settings } from "./settings";

/** Compiles the proxy's policy. */
export function compilePolicy(settings: Settings): Policy {
  const { domain, namespace, clusterDomain, audit, upstreams } = settings;
  return {
    version: 1,
    domain,
    services: { namespace, clusterDomain },
    ...(settings.mesh !== MeshMode.None && { mesh: { identitySuffix: identitySuffix(settings) } }),
    limits: settings.limits,
    ...(audit && { audit: { service: serviceName(ANY_HOST), ...audit } }),
    upstreams: Object.fromEntries(
      [...upstreams]
        .sort((a, b) => (a.host < b.host ? -1 : 1))
        .map(({ host, ...rest }) => [host, { service: serviceName(host), ...rest }]),
    ),
  };
}

/** The part after service account and namespace in Linkerd's identities. */
export function identitySuffix({ controlPlaneNamespace, trustDomain }: Settings): string {
  return `serviceaccount.identity.${controlPlaneNamespace}.${trustDomain}`;
}

/**
 * The policy as the text that is hashed and mounted. It is sorted by host, so that reordering the arguments changes
 * nothing, and has many lines, so that the preview's diff shows one entry for one entry.
 */
export function policyText(policy: Policy): string {
  return `${JSON.stringify(policy, undefined, 2)}\n`;
}
