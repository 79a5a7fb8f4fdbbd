import net from "node:net";
import type { Exchange } from "../exchange/exchange";
import type { PolicyLimits } from "../../contract/policy/policy";
import { ClientConnection } from "../http1/client/client-connection";
import { CLIENT_TIMEOUTS } from "../http1/client/client-timeouts";
import { UnfinishedHeads } from "../http1/client/unfinished-heads";
import type { Observer } from "../observe/observer";
import { exchangeHandler } from "./exchange-handler";

/** The port that applications call. */
export class DataServer extends net.Server {
  private readonly clients = new Set<ClientConnection<Exchange>>();
  private readonly checker: NodeJS.Timeout;

  /** @param chain decides about an exchange */
  constructor(
    chain: (exchange: Exchange) => void,
    observer: Observer,
    { headerBytes }: PolicyLimits,
    timeouts = CLIENT_TIMEOUTS,
  ) {
    super({ noDelay: true });
    const handler = exchangeHandler(chain, observer);
    const unfinished = new UnfinishedHeads(headerBytes);
    this.on("connection", (socket) => {
      const connection = new ClientConnection(socket, handler, unfinished, timeouts);
      this.clients.add(connection);
      connection.onClose(() => this.clients.delete(connection));
    });
    this.checker = setInterval(() => {
      const now = performance.now();
      for (const connection of this.clients) connection.check(now);
    }, timeouts.checkEvery).unref();
    this.on("close", () => clearInterval(this.checker));
  }

  /** Ends the connections that have no request. */
  closeIdleConnections(): void {
    for (const connection of this.clients) if (connection.idle) connection.abort();
  }

  /** Ends all connections. */
  closeAllConnections(): void {
    for (const connection of this.clients) connection.abort();
  }
}
