import { failExchange } from "../exchange/fail";
import type { Stage } from "../exchange/stage";
import {
  type Failure,
  clientUnknown,
  conflictingHost,
  malformedHost,
  sidecarBypassed,
  upgradeDenied,
} from "../errors/failures";
import type { Exchange } from "../exchange/exchange";
import { isFromOwnSidecar } from "../mesh/own-sidecar";
import type { Unlisted } from "./audit";
import type { Clients } from "./clients";
import { explain } from "./explain";
import { PerRoute } from "../route/per-route";
import { compileRules } from "./rules";
import type { Destination } from "../route/route";
import type { Routes } from "../route/routes";

/** Whether two names mean one third party. */
function isSame(one: ReturnType<Routes["find"]>, other: Destination | undefined): boolean {
  return typeof one === "object" && one.route === other?.route && one.host === other.host;
}

/** Second stage: identifies the client, finds the upstream of the request, and asks the policy. */
export function authorise(routes: Routes, unlisted: Unlisted, clients: Clients): Stage {
  const rules = new PerRoute(({ upstream }) => compileRules(upstream));
  const decide = (exchange: Exchange): Failure | undefined => {
    const { fields, method, target, host = "", otherHost } = exchange.head;
    const { peer } = exchange.stream;
    const client = clients.of(peer, fields);
    exchange.client = client;
    // First of all, so that an unknown client learns nothing about the policy.
    if (!client && clients.required) return isFromOwnSidecar(peer) ? clientUnknown : sidecarBypassed;
    // The request has exactly one Host: the first stage has checked that.
    let destination = routes.find(host);
    if (destination === "malformed") return malformedHost;
    if (otherHost !== undefined && !isSame(routes.find(otherHost), destination)) return conflictingHost;
    if (destination === undefined) {
      const audited = unlisted(host, client);
      if (!("route" in audited)) return audited;
      destination = audited;
    }
    exchange.destination = destination;
    if (exchange.stream.switched && !destination.route.upstream.websockets) return upgradeDenied;
    return rules.of(destination.route)(client, { method, target, rawHeaders: fields });
  };

  return function authorise(exchange) {
    const failure = decide(exchange);
    if (failure) failExchange(exchange, failure, explain(failure, exchange, routes.domain));
    return !failure;
  };
}
