import net from "node:net";
import { internalError } from "../errors/failures";
import { Exchange } from "../exchange/exchange";
import type { Observer } from "../observe/observer";
import { CallerConnection, type ConnectionHandler } from "../http1/client-connection";
import { CALLER_TIMEOUTS } from "../http1/client-timeouts";

/** The port that applications call. */
export class DataServer extends net.Server {
  private readonly callers = new Set<CallerConnection>();
  private readonly checker: NodeJS.Timeout;

  /**
   * @param chain decides an exchange
   */
  constructor(chain: (exchange: Exchange) => void, observer: Observer, timeouts = CALLER_TIMEOUTS) {
    super({ noDelay: true });
    const handler: ConnectionHandler = {
      begin: (head, reply, connection) => observer.begin(new Exchange(head, reply, connection, observer.end)),
      decide(exchange) {
        try {
          chain(exchange);
        } catch (error) {
          exchange.cause = error;
          exchange.stop(internalError);
        }
      },
      unreadable: observer.unreadable,
      closed: (connection) => this.callers.delete(connection),
    };
    this.on("connection", (socket) => this.callers.add(new CallerConnection(socket, handler, timeouts)));
    this.checker = setInterval(() => {
      const now = performance.now();
      for (const connection of this.callers) connection.check(now);
    }, timeouts.checkEvery).unref();
    this.on("close", () => clearInterval(this.checker));
  }

  /** Ends the connections that have no request. */
  closeIdleConnections(): void {
    for (const connection of this.callers) if (connection.idle) connection.destroy();
  }

  /** Ends all connections. */
  closeAllConnections(): void {
    for (const connection of this.callers) connection.destroy();
  }
}
