import type { SecureContext } from "node:tls";
import type { Policy, PolicyUpstream } from "../../policy/policy";
import { canonicalHost } from "../admit/host";
import type { SetHeaders } from "../forward/request-headers";
import { InFlight } from "../limit/in-flight";
import { RateLimit } from "../limit/rate";
import { RetryBudget } from "../limit/retry-budget";
import type { Credentials } from "../upstream/credentials";
import { tlsContextOf } from "../upstream/tls-context";
import { type Rules, compileRules } from "./rules";

/** One entry of the policy. */
export interface Route {
  /** Key in the policy: `api.stripe.com`, `*.ingest.sentry.io`; `audit` for what is not listed. The label in metrics and logs. */
  readonly entry: string;
  readonly upstream: PolicyUpstream;
  readonly rules: Rules;
  readonly inFlight: InFlight;
  readonly rate: RateLimit | undefined;
  readonly retryBudget: RetryBudget | undefined;
  readonly setHeaders: SetHeaders | undefined;
  readonly tlsContext: () => SecureContext;
}

/** Where a request goes. */
export interface Destination {
  readonly route: Route;
  /** Canonical name of the third party: the route's host, or the name that a wildcard matched. */
  readonly host: string;
}

/** Finds the upstream that a Host header names. */
export interface Routes {
  /** Below it clients name third parties: `egress.local`. */
  readonly domain: string;
  /** All entries, in the policy's order. */
  readonly all: readonly Route[];
  /**
   * @param header the Host header as received
   * @returns the destination; "malformed" if the header is no host name; undefined if it is not listed
   */
  find(header: string): Destination | "malformed" | undefined;
}

/** Two upstreams answer to one name, so that it would be a matter of chance which one a request reaches. */
export class AmbiguousNameError extends Error {
  override readonly name = "AmbiguousNameError";
}

/**
 * Every name of an exact upstream is written down beforehand, so that a request costs one look-up, whatever
 * the size of the policy; wildcards are looked up label by label, longest suffix first.
 *
 * @throws AmbiguousNameError
 */
export function createRoutes({ domain, services, upstreams }: Policy, credentials: Credentials): Routes {
  const byName = new Map<string, Destination>();
  const wildcards = new Map<string, Route>();
  const all: Route[] = [];
  for (const [entry, upstream] of Object.entries(upstreams)) {
    const route = compileRoute(entry, upstream, credentials);
    all.push(route);
    if (entry.startsWith("*.")) {
      wildcards.set(entry.slice(2), route);
      continue;
    }
    const destination = { route, host: entry };
    for (const name of namesOf(entry, upstream.service, domain, services)) {
      const other = byName.get(name);
      if (other) {
        throw new AmbiguousNameError(
          `"${name}" would be both ${other.host} and ${entry}: choose another \`domain\` or \`namespace\``,
        );
      }
      byName.set(name, destination);
    }
  }

  const suffix = `.${domain}`;
  const findWildcard = (name: string): Destination | undefined => {
    if (!name.endsWith(suffix)) return undefined;
    const host = name.slice(0, -suffix.length);
    for (let dot = host.indexOf("."); dot !== -1; dot = host.indexOf(".", dot + 1)) {
      const route = wildcards.get(host.slice(dot + 1));
      if (route) return { route, host };
    }
    return undefined;
  };

  return {
    domain,
    all,
    find(header) {
      const known = byName.get(header);
      if (known) return known;
      const name = canonicalHost(header);
      if (name === undefined) return "malformed";
      return byName.get(name) ?? findWildcard(name);
    },
  };
}

/** What is made once for an entry of the policy. */
export function compileRoute(entry: string, upstream: PolicyUpstream, credentials: Credentials): Route {
  const { rateLimit, retries, setHeaders } = upstream;
  return {
    entry,
    upstream,
    rules: compileRules(upstream),
    inFlight: new InFlight(upstream),
    rate: rateLimit && new RateLimit(rateLimit),
    retryBudget: retries && new RetryBudget(retries),
    setHeaders:
      setHeaders &&
      new Map(
        Object.entries(setHeaders).map(([name, { credential, prefix }]) => [
          name,
          () => prefix + credentials.get(credential),
        ]),
      ),
    tlsContext: tlsContextOf(upstream.tls, credentials),
  };
}

/** The names of an exact upstream in the cluster; a wildcard's Service stands for no single third party. */
function namesOf(host: string, service: string, domain: string, services: Policy["services"]): string[] {
  const { namespace, clusterDomain } = services;
  return [
    `${host}.${domain}`,
    service,
    `${service}.${namespace}`,
    `${service}.${namespace}.svc`,
    `${service}.${namespace}.svc.${clusterDomain}`,
  ];
}
