import type { Exchange } from "../exchange/exchange";
import { outcomeOf } from "../limit/outcome";

/**
 * Ends an exchange whose response has been sent, or can't be sent any more.
 *
 * @param observe called once, when the exchange has released all that it held
 */
export function endExchange(exchange: Exchange, observe: (exchange: Exchange) => void): void {
  const settle = (): void => {
    exchange.slot?.release(exchange.client?.key ?? "");
    exchange.origin?.breaker?.report(outcomeOf(exchange), exchange.startedAt);
    observe(exchange);
  };
  exchange.pipeline?.cancel();
  const { tunnel } = exchange;
  if (!tunnel) {
    settle();
    return;
  }
  // An upgrade keeps its slot for as long as it has a connection on either side.
  tunnel.finish(() => {
    exchange.bytesOut += tunnel.bytesOut;
    if (!exchange.upgraded && !exchange.failure && !exchange.response.ended) exchange.cancelled = true;
    settle();
  });
}

/** Ends an exchange at once, without a response: the drain is over. */
export function destroyExchange(exchange: Exchange): void {
  exchange.tunnel?.destroy();
  exchange.stream.abort();
}
