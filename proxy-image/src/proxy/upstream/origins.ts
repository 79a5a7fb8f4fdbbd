import type { Destination, Route } from "../route/route";
import { type AddressRule, addressRule } from "./names/address-rule";
import type { Connector } from "./connect/connector";
import { Origin } from "./origin";
import { PerRoute } from "../route/per-route";
import type { Pool } from "./pool";
import type { SecureContext } from "node:tls";
import type { Credentials } from "./credentials";
import { tlsContextOf } from "./tls/tls-context";

/** Names below one wildcard that have connections at a time: random names must not fill the memory. */
const MOST_NAMES_PER_WILDCARD = 256;

/** Milliseconds between two sweeps of connections that have been idle for too long. */
const SWEEP_EVERY = 1_000;

/** Sweeps between two checks whether the addresses of connections are still in DNS. */
const REVIEW_EVERY = 5;

/** The third parties that have been called. */
export interface Origins {
  /** The origin of a destination; created on first use. */
  for(destination: Destination): Origin;
  /** The origins of one entry, at present. */
  of(route: Route): Iterable<Origin>;
  /** Closes everything, at once. */
  destroy(): void;
}

interface Group {
  readonly permits: AddressRule;
  readonly context: () => SecureContext;
  readonly origins: Map<string, Origin>;
}

/**
 * @param isOwn whether an address is one that no upstream may have
 * @param credentials source of client certificates
 */
export function createOrigins(connector: Connector, isOwn: AddressRule, credentials: Credentials): Origins {
  const groups = new PerRoute<Group>(({ upstream }) => ({
    permits: addressRule(upstream.allowedCidrs, isOwn),
    context: tlsContextOf(upstream.tls, credentials),
    origins: new Map(),
  }));
  let sweeps = 0;
  const sweeper = setInterval(() => {
    const now = performance.now();
    const looks = ++sweeps % REVIEW_EVERY === 0;
    for (const { origins } of groups.all()) {
      for (const [host, { pool }] of origins) {
        pool.sweep(now);
        if (looks && pool.size > 0) review(host, pool);
      }
    }
  }, SWEEP_EVERY).unref();
  /** If DNS fails, nothing is known, so nothing is done. */
  const review = (host: string, pool: Pool): void => {
    connector.addresses(host).then(
      (addresses) => pool.review(addresses, performance.now()),
      () => undefined,
    );
  };

  return {
    for({ route, host }) {
      const { origins, permits, context } = groups.of(route);
      let origin = origins.get(host);
      if (origin) {
        // Re-insert to mark as most recently used: unknown names then evict each other, not a name in use.
        if (origins.size > 1) {
          origins.delete(host);
          origins.set(host, origin);
        }
        return origin;
      }
      if (origins.size >= MOST_NAMES_PER_WILDCARD) retireOldest(origins);
      origin = new Origin(route, host, permits, context, connector);
      origins.set(host, origin);
      return origin;
    },
    of: (route) => groups.known(route)?.origins.values() ?? [],
    destroy() {
      clearInterval(sweeper);
      for (const { origins } of groups.all()) {
        for (const { pool, upgrades } of origins.values()) {
          pool.destroy();
          upgrades.destroy();
        }
      }
    },
  };
}

/** Closes the oldest origin, which first finishes its requests. */
function retireOldest(origins: Map<string, Origin>): void {
  const [name, { pool }] = origins.entries().next().value!;
  origins.delete(name);
  pool.close();
}
