import { DnsMode } from "./args/dns";
import { serviceName } from "./names";
import { DEFAULT_DOMAIN, type Settings } from "./settings";
import { hostProblem, nameProblem } from "./validation/values/host";

/**
 * URL under which applications call a third party through an egress proxy of another stack:
 * `egressUrl("api.stripe.com")` is `http://api.stripe.com.egress.local`.
 *
 * @param host Exact host of the third party.
 * @param domain The egress proxy's domain. Default: `egress.local`.
 * @throws RangeError if `host` is not an exact host, or `domain` not a domain.
 */
export function egressUrl(host: string, domain: string = DEFAULT_DOMAIN): string {
  const problem = host.startsWith("*")
    ? `"${host}" is a wildcard; name one host below it`
    : hostProblem(host);
  if (problem) throw new RangeError(`egressUrl: ${problem}`);
  const wrongDomain = nameProblem(domain, DEFAULT_DOMAIN);
  if (wrongDomain) throw new RangeError(`egressUrl: domain ${wrongDomain}`);
  return `http://${host}.${domain}`;
}

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
