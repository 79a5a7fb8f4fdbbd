import { failExchange } from "../exchange/fail";
import type { Stage } from "../exchange/stage";
import { circuitOpen, overloaded, rateLimited } from "../errors/failures";
import type { Exchange } from "../exchange/exchange";
import { PerRoute } from "../route/per-route";
import type { Origins } from "../upstream/origins";
import { Limits } from "./limits";

/** Requests in flight in one process. Each holds two sockets and their buffers; more would exhaust the process. */
export const MOST_IN_FLIGHT = 4_096;

/**
 * Third stage: ends a request for which there is no room now. Requests are not queued: a queue only hides an
 * overload.
 */
export function limit(origins: Origins, inFlight: () => number): Stage {
  const limits = new PerRoute((route) => new Limits(route));
  return function limit(exchange) {
    if (inFlight() <= MOST_IN_FLIGHT) return enter(exchange, limits.of(exchange.destination!.route), origins);
    failExchange(exchange, overloaded);
    return false;
  };
}

/** The breaker comes last: a request that it admits as a probe must be sent. */
function enter(exchange: Exchange, { inFlight, rate, retryBudget }: Limits, origins: Origins): boolean {
  const client = exchange.client?.key ?? "";
  const full = inFlight.acquire(client);
  if (full) {
    failExchange(exchange, full);
    return false;
  }
  exchange.slot = inFlight;
  const wait = rate?.take() ?? 0;
  if (wait > 0) {
    failExchange(exchange, rateLimited, undefined, retryAfter(wait));
    return false;
  }
  const origin = origins.for(exchange.destination!);
  const pause = origin.breaker?.admit() ?? 0;
  if (pause > 0) {
    failExchange(exchange, circuitOpen, undefined, retryAfter(pause));
    return false;
  }
  exchange.origin = origin;
  exchange.retryBudget = retryBudget;
  retryBudget?.earn();
  return true;
}

function retryAfter(milliseconds: number): string[] {
  return ["Retry-After", String(Math.ceil(milliseconds / 1_000))];
}
