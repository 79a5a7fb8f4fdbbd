import { abortExchange } from "../exchange/fail";
import {
  type Failure,
  clientStalled,
  requestStalled,
  responseStalled,
  responseTimeout,
  streamIdle,
  totalTimeout,
  upstreamBusy,
} from "../errors/failures";
import type { Exchange } from "../exchange/exchange";

/** Milliseconds between two checks, and so the precision of the limits. */
const TICK = 250;

/**
 * Ends exchanges that make no progress. One timer checks all of them: a timer for each request, and for each piece of a
 * body, would cost more than the rest of its handling.
 */
export function startClock(exchanges: Iterable<Exchange>): { stop(): void } {
  const timer = setInterval(() => {
    const now = performance.now();
    for (const exchange of exchanges) check(exchange, now);
  }, TICK).unref();
  return { stop: () => clearInterval(timer) };
}

function check(exchange: Exchange, now: number): void {
  const { destination, body, pipeline, tunnel, startedAt } = exchange;
  if (!destination) return;
  const { connect, response, idle, stream, total = Infinity } = destination.route.upstream.timeouts;
  const over = (since: number | undefined, limit: number): boolean =>
    since !== undefined && since > 0 && now - since > limit;
  if (exchange.upgraded) {
    if (over(tunnel!.pausedSince, idle)) tunnel!.abort(clientStalled);
    else if (over(tunnel!.blockedSince, idle)) tunnel!.abort(responseStalled);
    else if (over(tunnel!.activeAt, stream)) tunnel!.abort(streamIdle);
  } else if (over(startedAt, total)) stop(exchange, totalTimeout);
  else if (over(body?.waitingSince, body?.streams ? stream : idle)) stop(exchange, requestStalled);
  else if (over(body?.blockedSince, idle)) stop(exchange, responseTimeout);
  else if (over(pipeline?.pausedSince, idle)) stop(exchange, clientStalled);
  // Connecting has its own time limit; what lasts longer waits behind other requests (`maxConnections`).
  else if (pipeline?.awaiting === "connection" && over(pipeline.awaitingSince, connect + response))
    stop(exchange, upstreamBusy);
  else if (pipeline?.awaiting === "head" && over(pipeline.awaitingSince, response))
    stop(exchange, responseTimeout);
  else if (pipeline?.awaiting === "body") {
    if (over(pipeline.awaitingSince, pipeline.streams ? stream : idle))
      stop(exchange, pipeline.streams ? streamIdle : responseStalled);
  }
}

function stop(exchange: Exchange, failure: Failure): void {
  // Without a pipeline nothing has begun that could be aborted.
  if (exchange.pipeline) abortExchange(exchange, failure);
}
