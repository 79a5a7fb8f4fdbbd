import type { Failure } from "../errors/failures";
import type { Exchange } from "../exchange";
import { accessLine } from "./access-log";
import type { Log } from "./log";
import type { Metrics } from "./metrics";

/** Sees every exchange begin and end: the log and the metrics, in one place. */
export interface Observer {
  begin(): void;
  end: (exchange: Exchange) => void;
  /** What the parser could not read. */
  unreadable(failure: Failure): void;
  /** Exchanges that have begun and not ended. */
  readonly inFlight: number;
  /** When the last one began, on `performance.now()`'s clock. */
  readonly lastBegan: number;
}

export function createObserver(log: Log, metrics: Metrics): Observer {
  let inFlight = 0;
  let lastBegan = 0;
  return {
    get inFlight() {
      return inFlight;
    },
    get lastBegan() {
      return lastBegan;
    },
    begin() {
      metrics.active(++inFlight);
      lastBegan = performance.now();
    },
    end(exchange) {
      metrics.active(--inFlight);
      metrics.ended(exchange);
      accessLine(log, exchange);
    },
    unreadable(failure) {
      metrics.failed("none", failure);
      log.warn({ error: failure.name }, "unreadable request");
    },
  };
}
