import { refreshTarget } from "./refresh";
import type { Destination } from "../route/route";
import { isIpAddress } from "../../contract/names/names";
import type { Policy } from "../../contract/policy/policy";
import type { Routes } from "../route/routes";
import { FailureError, redirectDenied } from "../errors/failures";
import { addressRule } from "../upstream/names/address-rule";

/**
 * Rewrites one field that leads somewhere.
 *
 * @throws FailureError where it leads into the cluster
 */
export type LinkRewriter = (field: string, value: string) => string;

/** Knows what belongs to the cluster, and what to the policy. */
export interface LinkPolicy {
  /**
   * @param destination the third party that responds
   * @param host the client's Host header: the name under which it reached it
   */
  rewriterFor(destination: Destination, host: string): LinkRewriter;
}

const isPublic = addressRule([], () => false);

/**
 * Where responses may lead: to the same upstream, then under its name in the cluster; to anywhere outside, then
 * unchanged, and the client finds out whether the policy lists it; never to a name or an address of the cluster.
 */
export function createLinkPolicy({ domain, services }: Policy, routes: Routes): LinkPolicy {
  const ownDomains = [domain, services.clusterDomain, "svc", "localhost", "internal"];

  const isOwn = (host: string): boolean => {
    if (host.startsWith("[")) return !isPublic(host.slice(1, -1));
    if (isIpAddress(host)) return !isPublic(host);
    const name = host.endsWith(".") ? host.slice(0, -1) : host;
    return !name.includes(".") || ownDomains.some((own) => name === own || name.endsWith(`.${own}`));
  };

  const rewrite = (reference: string, { route, host }: Destination, clientHost: string): string => {
    // Most responses lead to a path of their own origin, which needs nothing.
    if (/^\/(?![/\\])[^\\]*$/.test(reference)) return reference;
    const url = parse(reference, `https://${host}:${route.upstream.port}/`);
    if (!url || reference.includes("\\") || !/^[\x21-\x7e\x80-\xff ]*$/.test(reference)) {
      throw new FailureError(redirectDenied, "The reference can be read in several ways.");
    }
    if (!/^(?:https?|wss?|ftp):$/.test(url.protocol)) return reference;
    const port = url.port === "" ? 443 : Number(url.port);
    const sameOrigin = url.protocol === "https:" && port === route.upstream.port;
    const absolute = /^(?:[a-z][a-z0-9+.-]*:)?\/\//i.test(reference);
    if (sameOrigin && absolute) {
      const name = url.hostname.endsWith(".") ? url.hostname.slice(0, -1) : url.hostname;
      const rest = `${url.pathname}${url.search}${url.hash}`;
      if (name === host) return `http://${clientHost}${rest}`;
      const sibling = routes.find(`${name}.${domain}`);
      if (sibling !== "malformed" && sibling?.route === route) return `http://${name}.${domain}${rest}`;
    }
    if (isOwn(url.hostname)) throw new FailureError(redirectDenied);
    return reference;
  };

  return {
    rewriterFor: (destination, clientHost) => (field, value) => {
      switch (field) {
        case "refresh": {
          const target = refreshTarget(value);
          if (!target) return value;
          const url = value.slice(target.start, target.end).trim();
          return `${value.slice(0, target.start)}${rewrite(url, destination, clientHost)}${value.slice(target.end)}`;
        }
        case "link":
          return value.replace(
            /<([^<>]*)>/g,
            (_all, url: string) => `<${rewrite(url.trim(), destination, clientHost)}>`,
          );
        default:
          return rewrite(value, destination, clientHost);
      }
    },
  };
}

function parse(reference: string, base: string): URL | undefined {
  try {
    return new URL(reference, base);
  } catch {
    return undefined;
  }
}
