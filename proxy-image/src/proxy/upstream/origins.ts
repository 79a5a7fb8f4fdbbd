import { type Dispatcher, Pool } from "undici";
import type { Destination, Route } from "../authorise/routes";
import { type AddressRule, addressRule } from "./addresses";
import { type DialTarget, dial } from "./dial";
import type { Network } from "./network";
import { tlsContext } from "./tls-context";

/** Names below one wildcard that keep connections at a time: random names must not fill the memory. */
const MOST_NAMES_PER_WILDCARD = 256;
/** Bytes of an answer's header section. */
const MOST_HEADER_BYTES = 32 * 1024;
/** Milliseconds for which an idle connection is kept, unless the third party asks for less (or more, up to the second). */
const KEEP_ALIVE = 10_000;
const MOST_KEEP_ALIVE = 60_000;

/** The kept-alive connections to third parties. */
export interface Origins {
  /** The pool of a destination; made when it is first needed. */
  for(destination: Destination): Dispatcher;
  /** Closes everything, at once. */
  destroy(): Promise<void>;
}

interface Group {
  readonly permits: AddressRule;
  readonly pools: Map<string, Pool>;
}

/**
 * @param own addresses that no upstream may have: the API server's and this pod's
 */
export function createOrigins(network: Network, own: readonly string[]): Origins {
  const groups = new Map<Route, Group>();

  const groupOf = (route: Route): Group => {
    let group = groups.get(route);
    if (!group) {
      group = { permits: addressRule(route.upstream.allowedCidrs, own), pools: new Map() };
      groups.set(route, group);
    }
    return group;
  };

  return {
    for({ route, host }) {
      const group = groupOf(route);
      let pool = group.pools.get(host);
      if (pool) return pool;
      if (group.pools.size >= MOST_NAMES_PER_WILDCARD) retireOldest(group.pools);
      pool = createPool(route, host, group.permits, network);
      group.pools.set(host, pool);
      return pool;
    },
    async destroy() {
      const pools = [...groups.values()].flatMap((group) => [...group.pools.values()]);
      await Promise.all(pools.map((pool) => pool.destroy()));
    },
  };
}

function createPool({ upstream }: Route, host: string, permits: AddressRule, network: Network): Pool {
  const { port, timeouts, tls } = upstream;
  const target: DialTarget = {
    host,
    port,
    serverName: tls.serverName ?? host,
    context: tlsContext(tls),
    permits,
    timeout: timeouts.connect,
  };
  return new Pool(`https://${host}:${port}`, {
    allowH2: false,
    pipelining: 1,
    maxHeaderSize: MOST_HEADER_BYTES,
    keepAliveTimeout: KEEP_ALIVE,
    keepAliveMaxTimeout: MOST_KEEP_ALIVE,
    connect: (_options, callback) => {
      dial(target, network).then(
        (socket) => callback(null, socket),
        (error: unknown) => callback(error as Error, null),
      );
    },
  });
}

/** Requests that it still has are finished. */
function retireOldest(pools: Map<string, Pool>): void {
  const [name, pool] = pools.entries().next().value!;
  pools.delete(name);
  void pool.close();
}
