import type { Route } from "../route/route";
import https from "node:https";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import { Breaker } from "./breaker";
import type { AddressRule } from "./addresses";
import type { DialTarget } from "./dial";
import type { Dialler } from "./dialler";
import { Pool } from "./pool";

/** One third party: its connections, and how it has been doing. */
export class Origin {
  /** Host, and port where it is not 443: what the Host header says. */
  readonly authority: string;
  /** Kept connections, for all requests but upgrades. */
  readonly pool: Pool;
  /** A connection for each upgrade: what http-proxy-middleware takes. */
  readonly agent: https.Agent;
  readonly breaker: Breaker | undefined;

  constructor(route: Route, host: string, permits: AddressRule, context: () => SecureContext, dial: Dialler) {
    const { upstream } = route;
    const target: DialTarget = {
      entry: route.entry,
      host,
      port: upstream.port,
      serverName: upstream.tls.serverName ?? host,
      context,
      permits,
      timeout: upstream.timeouts.connect,
    };
    this.authority = upstream.port === 443 ? host : `${host}:${upstream.port}`;
    this.breaker = upstream.circuitBreaker && new Breaker(upstream.circuitBreaker);
    this.agent = new DialAgent(target, dial);
    this.pool = new Pool((inbox) => dial(target, inbox), upstream.maxConnections ?? Infinity);
  }
}

/** Dials as the pool does: Node's own agent would resolve, check and verify by other rules. */
class DialAgent extends https.Agent {
  constructor(
    private readonly target: DialTarget,
    private readonly dial: Dialler,
  ) {
    super({ keepAlive: false });
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.dial(this.target).then(
      (socket) => callback!(null, socket),
      (error: unknown) => callback!(error as Error, undefined as never),
    );
  }
}
