import { refreshTarget } from "./refresh";
import { rewriteChallenges } from "./challenge";
import { cookieInCluster } from "./cookies";
import { isIpAddress } from "../../contract/names/names";
import type { Policy } from "../../contract/policy/policy";
import { FailureError, redirectDenied } from "../errors/failures";
import type { LinkForm } from "../message/fields/header-filter";
import { PerRoute } from "../route/per-route";
import type { Destination, Route } from "../route/route";
import type { Routes } from "../route/routes";
import { addressRule } from "../upstream/names/address-rule";

/** Rewrites a response's references to the third party's origin, for the client of this request. */
export interface ResponseRewriter {
  /** Canonical names of further fields that hold one reference, as the upstream's `linkHeaders` lists them. */
  readonly fields: ReadonlySet<string> | undefined;
  /** @throws FailureError if the reference leads into the cluster */
  link(form: LinkForm, value: string): string;
  /** @param value of a Set-Cookie field */
  cookie(value: string): string;
}

/** Creates rewriters from the policy's names: those in the cluster, and those of third parties. */
export interface LinkPolicy {
  /**
   * @param destination the third party that responds
   * @param host the client's Host field: the name by which it called the third party
   */
  rewriterFor(destination: Destination, host: string): ResponseRewriter;
}

/** An upstream's settings for the references in its responses. */
interface Leads {
  readonly fields: ReadonlySet<string> | undefined;
  /** Entries of other upstreams that references may lead to. */
  readonly to: ReadonlySet<string> | undefined;
  /** A name of the third party beside its host. */
  readonly alias: string | undefined;
}

const isPublic = addressRule([], () => false);

/**
 * Where the references of a response may lead:
 *
 * - to the same upstream, or to one that its `linksTo` lists: rewritten to the name in the cluster;
 * - to any other host outside: unchanged; the policy then decides about the client's next request;
 * - to a name or an address of the cluster: never.
 *
 * A client that used the third party's own name gets all references unchanged, except those that lead into the cluster.
 */
export function createLinkPolicy({ domain, services }: Policy, routes: Routes): LinkPolicy {
  const ownDomains = [domain, services.clusterDomain, "svc", "localhost", "internal"];
  const leads = new PerRoute<Leads>(leadsOf);
  return {
    rewriterFor: (destination, clientHost) =>
      new Rewriter(routes, ownDomains, leads.of(destination.route), destination, clientHost),
  };
}

/** One object per request and no closures, to save allocations. */
class Rewriter implements ResponseRewriter {
  readonly fields: ReadonlySet<string> | undefined;

  constructor(
    private readonly routes: Routes,
    private readonly ownDomains: readonly string[],
    private readonly leads: Leads,
    private readonly destination: Destination,
    private readonly clientHost: string,
  ) {
    this.fields = leads.fields;
  }

  link(form: LinkForm, value: string): string {
    return inForm(form, value, (url) => this.rewrite(url));
  }

  cookie(value: string): string {
    return this.destination.ownName ? value : cookieInCluster(value);
  }

  private rewrite(reference: string): string {
    // Most references are a path of the same origin, which needs no change.
    if (/^\/(?![/\\])[^\\]*$/.test(reference)) return reference;
    const { route, host, ownName } = this.destination;
    const url = parse(reference, `https://${host}:${route.upstream.port}/`);
    if (!url || reference.includes("\\") || !/^[\x21-\x7e\x80-\xff ]*$/.test(reference)) {
      throw new FailureError(redirectDenied, "The reference can be read in several ways.");
    }
    if (!/^(?:https?|wss?|ftp):$/.test(url.protocol)) return reference;
    if (!ownName && /^(?:[a-z][a-z0-9+.-]*:)?\/\//i.test(reference)) {
      const name = this.nameInCluster(url);
      if (name !== undefined) return `http://${name}${url.pathname}${url.search}${url.hash}`;
    }
    if (this.isOwn(url.hostname)) throw new FailureError(redirectDenied);
    return reference;
  }

  /** The name in the cluster by which a client reaches the host of a URL; undefined if the policy has none for it. */
  private nameInCluster(url: URL): string | undefined {
    const { routes, leads, clientHost } = this;
    const { route, host } = this.destination;
    const name = withoutRootDot(url.hostname);
    if ((name === host || name === leads.alias) && isServed(url, route)) return clientHost;
    const inCluster = `${name}.${routes.domain}`;
    const found = routes.find(inCluster);
    if (found === undefined || found === "malformed" || !isServed(url, found.route)) return undefined;
    return found.route === route || leads.to?.has(found.route.entry) ? inCluster : undefined;
  }

  private isOwn(host: string): boolean {
    if (host.startsWith("[")) return !isPublic(host.slice(1, -1));
    if (isIpAddress(host)) return !isPublic(host);
    const name = withoutRootDot(host);
    return !name.includes(".") || this.ownDomains.some((own) => name === own || name.endsWith(`.${own}`));
  }
}

function leadsOf({ upstream: { linkHeaders, linksTo, hostHeader } }: Route): Leads {
  return {
    fields: linkHeaders && new Set(linkHeaders),
    to: linksTo && new Set(linksTo),
    alias: hostHeader?.split(":")[0],
  };
}

/** Whether the proxy serves this URL. That includes http://, because the proxy uses TLS to the third party anyway. */
function isServed({ protocol, port }: URL, { upstream }: Route): boolean {
  if (protocol === "http:") return port === "";
  return protocol === "https:" && (port === "" ? 443 : Number(port)) === upstream.port;
}

function inForm(form: LinkForm, value: string, rewrite: (url: string) => string): string {
  switch (form) {
    case "refresh": {
      const target = refreshTarget(value);
      if (!target) return value;
      const { start, end } = target;
      return value.slice(0, start) + rewrite(value.slice(start, end).trim()) + value.slice(end);
    }
    case "link":
      return value.replace(/<([^<>]*)>/g, (_all, url: string) => `<${rewrite(url.trim())}>`);
    case "challenge":
      return rewriteChallenges(value, rewrite);
    default:
      return rewrite(value);
  }
}

function withoutRootDot(host: string): string {
  return host.endsWith(".") ? host.slice(0, -1) : host;
}

function parse(reference: string, base: string): URL | undefined {
  try {
    return new URL(reference, base);
  } catch {
    return undefined;
  }
}
