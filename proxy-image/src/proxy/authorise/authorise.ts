import { failExchange } from "../exchange/fail";
import type { Stage } from "../exchange/stage";
import type { Routes } from "../route/routes";
import type { Unlisted } from "./audit";
import type { Clients } from "./clients";
import { createDecision } from "./decision";
import { explain } from "./explain";

/** Second stage: identifies the client, finds the upstream of the request, and asks the policy. */
export function authorise(routes: Routes, unlisted: Unlisted, clients: Clients): Stage {
  const decide = createDecision(routes, unlisted, clients);
  return function authorise(exchange) {
    const failure = decide(exchange);
    if (failure) failExchange(exchange, failure, explain(failure, exchange, routes.domain));
    return !failure;
  };
}
