import { type Failure, methodRefused } from "../errors/failures";
import type { Exchange } from "../exchange";
import { checkFraming } from "./framing";
import { checkTarget } from "./target";
import { checkUpgrade } from "./upgrade";

/** First stage: refuses what could be read in two ways, before anything is decided by it. */
export function admit(exchange: Exchange): boolean {
  const failure = decide(exchange);
  if (failure) exchange.refuse(failure);
  return !failure;
}

function decide({ req, upgrade }: Exchange): Failure | undefined {
  if (req.method === "TRACE" || req.method === "CONNECT") return methodRefused;
  return checkFraming(req.rawHeaders) ?? checkTarget(req.url!) ?? checkUpgrade(req, upgrade);
}
