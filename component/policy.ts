import { MeshMode } from "./args/mesh";
import type { Policy } from "../proxy-image/src/contract/policy/policy";
import { ANY_HOST, serviceName } from "./names";
import type { Settings } from "./settings";

/** Compiles the proxy's policy. */
export function compilePolicy(settings: Settings): Policy {
  const { domain, namespace, clusterDomain, tracing, audit, upstreams } = settings;
  return {
    version: 1,
    domain,
    services: { namespace, clusterDomain },
    ...(settings.mesh !== MeshMode.None && { mesh: { identitySuffix: identitySuffix(settings) } }),
    limits: settings.limits,
    ...(tracing && { tracing: tracing.policy }),
    ...(audit && { audit: { service: serviceName(ANY_HOST), ...audit } }),
    upstreams: Object.fromEntries(
      upstreams.map(({ host, ...rest }) => [host, { service: serviceName(host), ...rest }]),
    ),
  };
}

/** The part after service account and namespace in Linkerd's identities. */
export function identitySuffix({ controlPlaneNamespace, trustDomain }: Settings): string {
  return `serviceaccount.identity.${controlPlaneNamespace}.${trustDomain}`;
}
