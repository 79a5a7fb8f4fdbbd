import { FailureError, callerStalled, requestStalled, totalTimeout } from "../errors/failures";
import type { Exchange } from "../exchange";

/** Milliseconds between two looks; limits are kept to that. */
const TICK = 250;

/**
 * Ends exchanges that stand still. One timer looks at all of them: a timer for each request, and for each
 * piece of a body, would cost more than the rest of its handling.
 */
export function startClock(exchanges: Iterable<Exchange>): { stop(): void } {
  const timer = setInterval(() => {
    const now = performance.now();
    for (const exchange of exchanges) check(exchange, now);
  }, TICK).unref();
  return { stop: () => clearInterval(timer) };
}

function check(exchange: Exchange, now: number): void {
  const { destination, body, relay, startedAt } = exchange;
  if (!destination || exchange.upgraded) return;
  const { idle, total = Infinity } = destination.route.upstream.timeouts;
  if (now - startedAt > total) stop(exchange, totalTimeout);
  else if (body && body.waitingSince > 0 && now - body.waitingSince > idle) stop(exchange, requestStalled);
  else if (relay && relay.pausedAt > 0 && now - relay.pausedAt > idle) stop(exchange, callerStalled);
}

function stop(exchange: Exchange, failure: typeof totalTimeout): void {
  exchange.relay?.cut(new FailureError(failure));
}
