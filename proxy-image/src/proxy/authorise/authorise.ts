import type { Stage } from "../exchange/stage";
import {
  type Failure,
  callerUnknown,
  malformedHost,
  sidecarBypassed,
  upgradeRefused,
} from "../errors/failures";
import type { Exchange } from "../exchange/exchange";
import { isFromOwnSidecar } from "../mesh/own-sidecar";
import type { Unlisted } from "./audit";
import type { Callers } from "./clients";
import { explain } from "./explain";
import { PerRoute } from "../route/per-route";
import { compileRules } from "./rules";
import type { Routes } from "../route/routes";

/** Second stage: who is calling, which upstream the request means, and whether the policy allows it. */
export function authorise(routes: Routes, unlisted: Unlisted, callers: Callers): Stage {
  const rules = new PerRoute(({ upstream }) => compileRules(upstream));
  const decide = (exchange: Exchange): Failure | undefined => {
    const { fields, method, target, host = "" } = exchange.head;
    const { socket } = exchange.connection;
    const caller = callers.of(socket, fields);
    exchange.caller = caller;
    // Before anything is told about the policy.
    if (!caller && callers.required) return isFromOwnSidecar(socket) ? callerUnknown : sidecarBypassed;
    // There is exactly one: admission has counted them.
    let destination = routes.find(host);
    if (destination === "malformed") return malformedHost;
    if (destination === undefined) {
      const audited = unlisted(host, caller);
      if (!("route" in audited)) return audited;
      destination = audited;
    }
    exchange.destination = destination;
    if (exchange.upgrade && !destination.route.upstream.websockets) return upgradeRefused;
    return rules.of(destination.route)(caller, { method, target, rawHeaders: fields });
  };

  return function authorise(exchange) {
    const failure = decide(exchange);
    if (failure) exchange.refuse(failure, explain(failure, exchange, routes.domain));
    return !failure;
  };
}
