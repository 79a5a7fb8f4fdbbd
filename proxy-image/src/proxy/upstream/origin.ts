import { authorityOf } from "../route/authority";
import type { Route } from "../route/route";
import type { SecureContext } from "node:tls";
import { Breaker } from "./breaker";
import type { AddressRule } from "./names/address-rule";
import type { ConnectTarget } from "./connect/attempt";
import type { Connector } from "./connect/connector";
import { Pool } from "./pool";
import { UpgradeConnector } from "./upgrade-connector";

/** One third party: its connections, and its circuit breaker's state. */
export class Origin {
  /** Value of the Host field. */
  readonly authority: string;
  /** For all requests but upgrades. */
  readonly pool: Pool;
  readonly upgrades: UpgradeConnector;
  readonly breaker: Breaker | undefined;

  constructor(
    route: Route,
    host: string,
    permits: AddressRule,
    context: () => SecureContext,
    connector: Connector,
  ) {
    const { upstream } = route;
    const target: ConnectTarget = {
      entry: route.entry,
      host,
      port: upstream.port,
      serverName: upstream.tls.serverName ?? host,
      context,
      permits,
      timeout: upstream.timeouts.connect,
      begun: 0,
    };
    this.authority = authorityOf({ route, host });
    this.breaker = upstream.circuitBreaker && new Breaker(upstream.circuitBreaker);
    this.upgrades = new UpgradeConnector(
      async (signal) => (await connector.connect(target, false, signal)).socket,
      target.timeout,
    );
    this.pool = new Pool(
      async () => {
        const { socket, readBuffer, address, phases } = await connector.connect(target, true);
        return { socket, readBuffer: readBuffer!, address, phases };
      },
      upstream.maxConnections ?? Infinity,
      upstream.maxConnectionAge ?? Infinity,
    );
  }
}
