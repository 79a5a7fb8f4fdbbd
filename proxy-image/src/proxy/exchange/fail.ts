import { type Failure, FailureError } from "../errors/failures";
import { sendFailure } from "../errors/problem";
import { askedFor } from "../message/read-so-far";
import type { Exchange } from "./exchange";

/**
 * Ends an exchange with a failure: with a response if nothing has been sent, otherwise by an incomplete response.
 *
 * @param reason details of the failure in this case
 * @param fields further header fields of the response, flat
 */
export function failExchange(
  exchange: Exchange,
  failure: Failure,
  reason?: string,
  fields?: readonly string[],
): void {
  const { response, head } = exchange;
  exchange.failure = failure;
  exchange.reason = reason;
  if (response.begun && !response.withdraw()) response.abort();
  else sendFailure(response, failure, { reason, asked: askedFor(head), further: fields });
}

/** Ends an exchange with a failure, in any state: what is in progress is aborted. */
export function abortExchange(exchange: Exchange, failure: Failure, reason?: string): void {
  if (exchange.pipeline) exchange.pipeline.abort(new FailureError(failure, reason));
  else failExchange(exchange, failure, reason);
}
