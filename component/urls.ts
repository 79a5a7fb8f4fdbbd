import { DnsMode } from "./args/dns";
import { serviceName } from "./names";
import type { Settings } from "./settings";
import { hostProblem } from "./validation/values/host";

/** URLs by host as listed. A wildcard's URL is a pattern; it is absent if only Services have names. */
export function urlsOf(settings: Settings): Record<string, string> {
  return Object.fromEntries(
    settings.upstreams
      .filter(({ host }) => !(settings.dns === DnsMode.None && host.startsWith("*.")))
      .map(({ host }) => [host, urlOf(host, settings)]),
  );
}

/**
 * URL of one host, which is listed itself or is below a listed wildcard.
 *
 * @throws RangeError if the host is not listed, or has no name without a DNS.
 */
export function urlFor(host: string, settings: Settings): string {
  const listed = settings.upstreams.some((upstream) => upstream.host === host);
  const below = settings.upstreams.some(
    (upstream) => upstream.host.startsWith("*.") && host.endsWith(upstream.host.slice(1)),
  );
  if (host.startsWith("*") || (!listed && (!below || hostProblem(host) !== undefined))) {
    const known = settings.upstreams.map((upstream) => upstream.host).join(", ");
    throw new RangeError(
      `urlFor: ${JSON.stringify(host)} is not an upstream of this EgressProxy; there are ${known}`,
    );
  }
  if (!listed && settings.dns === DnsMode.None) {
    throw new RangeError(
      `urlFor: ${JSON.stringify(host)} is listed by a wildcard only, which has no name while dns.mode is "none"; list it itself`,
    );
  }
  return urlOf(host, settings);
}

function urlOf(host: string, { dns, domain, namespace, clusterDomain }: Settings): string {
  return dns === DnsMode.None
    ? `http://${serviceName(host)}.${namespace}.svc.${clusterDomain}`
    : `http://${host}.${domain}`;
}
