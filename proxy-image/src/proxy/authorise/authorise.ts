import type { NextFunction, Request, Response } from "express";
import { malformedHost, notListed } from "../errors/failures";
import { exchangeOf } from "../exchange";
import type { Routes } from "./routes";

/** Second stage: which upstream the request means, and whether the policy lists it. */
export function authorise(routes: Routes) {
  return function authorise(req: Request, _res: Response, next: NextFunction): void {
    const exchange = exchangeOf(req);
    // There is exactly one: admission has counted them.
    const destination = routes.find(req.headers.host ?? "");
    if (destination === "malformed") {
      exchange.refuse(malformedHost);
      return;
    }
    if (destination === undefined) {
      exchange.refuse(notListed);
      return;
    }
    exchange.destination = destination;
    next();
  };
}
