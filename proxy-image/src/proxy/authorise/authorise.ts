import type { NextFunction, Request, Response } from "express";
import { type Failure, malformedHost, notListed, upgradeRefused } from "../errors/failures";
import { type Exchange, exchangeOf } from "../exchange";
import type { Caller } from "./caller";
import type { Routes } from "./routes";

/** Second stage: who is calling, which upstream the request means, and whether the policy allows it. */
export function authorise(routes: Routes, callerOf: (rawHeaders: readonly string[]) => Caller | undefined) {
  const decide = (exchange: Exchange, { headers, rawHeaders, method, url }: Request): Failure | undefined => {
    const caller = callerOf(rawHeaders);
    exchange.caller = caller;
    // There is exactly one: admission has counted them.
    const destination = routes.find(headers.host ?? "");
    if (destination === "malformed") return malformedHost;
    if (destination === undefined) return notListed;
    exchange.destination = destination;
    if (exchange.upgrade && !destination.route.upstream.websockets) return upgradeRefused;
    return destination.route.rules(caller, { method, target: url, rawHeaders });
  };

  return function authorise(req: Request, _res: Response, next: NextFunction): void {
    const exchange = exchangeOf(req);
    const failure = decide(exchange, req);
    if (failure) exchange.refuse(failure);
    else next();
  };
}
