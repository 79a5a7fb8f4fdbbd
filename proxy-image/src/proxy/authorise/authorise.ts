import type { Stage } from "../chain";
import { type Failure, malformedHost, notListed, upgradeRefused } from "../errors/failures";
import type { Exchange } from "../exchange";
import type { Caller } from "./caller";
import type { Routes } from "./routes";

/** Second stage: who is calling, which upstream the request means, and whether the policy allows it. */
export function authorise(
  routes: Routes,
  callerOf: (rawHeaders: readonly string[]) => Caller | undefined,
): Stage {
  const decide = (exchange: Exchange): Failure | undefined => {
    const { fields, method, target, host = "" } = exchange.head;
    const caller = callerOf(fields);
    exchange.caller = caller;
    // There is exactly one: admission has counted them.
    const destination = routes.find(host);
    if (destination === "malformed") return malformedHost;
    if (destination === undefined) return notListed;
    exchange.destination = destination;
    if (exchange.upgrade && !destination.route.upstream.websockets) return upgradeRefused;
    return destination.route.rules(caller, { method, target, rawHeaders: fields });
  };

  return function authorise(exchange) {
    const failure = decide(exchange);
    if (failure) exchange.refuse(failure);
    return !failure;
  };
}
