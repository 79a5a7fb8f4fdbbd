import { DEFAULT_DOMAIN } from "./settings";
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
