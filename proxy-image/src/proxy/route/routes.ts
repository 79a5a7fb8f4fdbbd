import type { Policy } from "../../contract/policy/policy";
import { canonicalHost } from "../message/host";
import type { Destination, Route } from "./route";

/** Finds the upstream that a host names. */
export interface Routes {
  /** The domain below which clients name third parties: `egress.local`. */
  readonly domain: string;
  /** All entries, in the policy's order. */
  readonly all: readonly Route[];
  /**
   * @param host the Host header field as received
   * @returns the destination; "malformed" if it is no host name; undefined if it is not listed
   */
  find(host: string): Destination | "malformed" | undefined;
}

/** Two upstreams have the same name, so it is undefined which one a request would reach. */
export class AmbiguousNameError extends Error {
  override readonly name = "AmbiguousNameError";
}

/**
 * Every name of an exact upstream is an entry of a map, so a request costs one look-up, whatever the size of the
 * policy. Wildcards are looked up label by label, longest suffix first.
 *
 * @throws AmbiguousNameError
 */
export function createRoutes({ domain, services, upstreams }: Policy): Routes {
  const byName = new Map<string, Destination>();
  const wildcards = new Map<string, Route>();
  const all: Route[] = [];
  for (const [entry, upstream] of Object.entries(upstreams)) {
    const route: Route = { entry, upstream, index: all.length };
    all.push(route);
    if (entry.startsWith("*.")) {
      wildcards.set(entry.slice(2), route);
      continue;
    }
    const inCluster = { route, host: entry, ownName: false };
    const byOwnName = { route, host: entry, ownName: true };
    for (const name of [entry, ...namesOf(entry, upstream.service, domain, services)]) {
      const other = byName.get(name);
      if (other) {
        throw new AmbiguousNameError(
          `"${name}" would be both ${other.host} and ${entry}: choose another \`domain\` or \`namespace\``,
        );
      }
      byName.set(name, name === entry ? byOwnName : inCluster);
    }
  }

  const suffix = `.${domain}`;
  const findWildcard = (name: string): Destination | undefined => {
    const ownName = !name.endsWith(suffix);
    const host = ownName ? name : name.slice(0, -suffix.length);
    for (let dot = host.indexOf("."); dot !== -1; dot = host.indexOf(".", dot + 1)) {
      const route = wildcards.get(host.slice(dot + 1));
      if (route) return { route, host, ownName };
    }
    return undefined;
  };

  return {
    domain,
    all,
    find(host) {
      const known = byName.get(host);
      if (known) return known;
      const name = canonicalHost(host);
      if (name === undefined) return "malformed";
      return byName.get(name) ?? findWildcard(name);
    },
  };
}

/**
 * The names of an exact upstream in the cluster. A wildcard has none: its Service stands for no single third party.
 */
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
