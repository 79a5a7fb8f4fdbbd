import { PROXY_NAME, sendFailure } from "../errors/problem";
import { internalError } from "../errors/failures";
import { Exchange } from "../exchange/exchange";
import { abortExchange } from "../exchange/fail";
import type { RequestHandler } from "../http1/client/request-handler";
import type { Observer } from "../observe/observer";
import { endExchange } from "./exchange-end";
import { bodyReason, explainUnreadable, failureOf, unreadRequest } from "./unread-request";

/**
 * Translates the events of a client's connection into steps of exchanges.
 *
 * @param chain decides about an exchange
 */
export function exchangeHandler(
  chain: (exchange: Exchange) => void,
  observer: Observer,
): RequestHandler<Exchange> {
  return {
    begin: (head, response, stream) => observer.begin(new Exchange(head, response, stream)),
    decide(exchange) {
      try {
        chain(exchange);
      } catch (error) {
        exchange.cause = error;
        abortExchange(exchange, internalError);
      }
    },
    onDrain: ({ pipeline }) => pipeline?.resume(),
    onBodyError(exchange, error) {
      exchange.cause = error;
      abortExchange(exchange, failureOf(error), bodyReason(error));
    },
    // After an upgrade the other protocol decides. Otherwise the client can't want the response any more.
    outlivesClientEnd: ({ upgraded }) => upgraded,
    onEnd: (exchange) => endExchange(exchange, observer.end),
    onUnreadable(what, bytes, peer, response) {
      const { failure, reason } = explainUnreadable(what, bytes);
      const request = unreadRequest(peer, bytes, reason);
      observer.unreadable(failure, request);
      if (what.kind === "http2") return `${PROXY_NAME}: ${failure.title} ${failure.advice}`;
      sendFailure(response, failure, { reason, asked: request });
      return undefined;
    },
  };
}
