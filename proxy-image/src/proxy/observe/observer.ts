import type { ReadSoFar } from "../message/read-so-far";
import type { Failure } from "../errors/failures";
import type { Exchange } from "../exchange/exchange";
import type { AccessLog } from "./access-log";
import { Exchanges } from "./exchanges";
import type { Log } from "../log";
import type { Metrics } from "./metrics";

/** What is known of a request whose head could not be parsed: no secret, no control characters. */
export interface UnreadRequest extends ReadSoFar {
  /** What is wrong with it. */
  readonly reason: string;
  /** Address and port of the client. */
  readonly peer: string;
  /** Bytes of its head that have arrived. */
  readonly bytesRead: number;
}

/** Decides which exchanges are traced. */
export interface Traces {
  /** Undefined: this one is not. */
  begin(exchange: Exchange): Exchange["trace"];
}

/** Receives the begin and the end of every exchange: the log and the metrics, in one place. */
export interface Observer {
  begin(exchange: Exchange): Exchange;
  end: (exchange: Exchange) => void;
  /** A request whose head could not be parsed. */
  unreadable: (failure: Failure, request: UnreadRequest) => void;
  /** Exchanges that have begun and not ended. */
  readonly exchanges: Exchanges;
  /** When the last exchange began, on `performance.now()`'s clock. */
  readonly lastBegan: number;
}

/** @param traces undefined: no exchange is traced */
export function createObserver(
  log: Log,
  metrics: Metrics,
  accessLog: AccessLog,
  traces: Traces | undefined,
): Observer {
  const exchanges = new Exchanges();
  let lastBegan = 0;
  return {
    exchanges,
    get lastBegan() {
      return lastBegan;
    },
    begin(exchange) {
      exchanges.add(exchange);
      lastBegan = exchange.startedAt;
      if (traces !== undefined) exchange.trace = traces.begin(exchange);
      return exchange;
    },
    end(exchange) {
      exchanges.delete(exchange);
      metrics.ended(exchange);
      accessLog(exchange);
      if (exchange.trace !== undefined) exchange.trace.end(performance.now());
    },
    unreadable(failure, request) {
      metrics.failed("none", failure);
      log.warn({ error: failure.name, ...request }, "unreadable request");
    },
  };
}
