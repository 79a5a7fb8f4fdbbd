import type { NextFunction, Request, Response } from "express";
import { methodRefused } from "../errors/failures";
import { exchangeOf } from "../exchange";
import { checkFraming } from "./framing";
import { checkTarget } from "./target";
import { checkUpgrade } from "./upgrade";

/** First stage: refuses what could be read in two ways, before anything is decided by it. */
export function admit(req: Request, _res: Response, next: NextFunction): void {
  const exchange = exchangeOf(req);
  if (req.method === "TRACE" || req.method === "CONNECT") {
    exchange.refuse(methodRefused);
    return;
  }
  const failure = checkFraming(req.rawHeaders) ?? checkTarget(req.url) ?? checkUpgrade(req, exchange.upgrade);
  if (failure) {
    exchange.refuse(failure);
    return;
  }
  next();
}
