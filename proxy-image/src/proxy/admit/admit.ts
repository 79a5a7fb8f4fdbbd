import { failExchange } from "../exchange/fail";
import { isNeverForwarded } from "../../contract/names/method";
import { expectationRejected, methodRejected } from "../errors/failures";
import type { Exchange } from "../exchange/exchange";
import { checkFraming } from "./framing";
import { type Rejection, reject } from "./rejection";
import { resolveTarget } from "./target";
import { checkUpgrade } from "./upgrade";

/** First stage: rejects what could be read in two ways, before anything is decided by it. */
export function admit(exchange: Exchange): boolean {
  const rejection = decide(exchange);
  if (rejection) failExchange(exchange, rejection.failure, rejection.reason);
  return !rejection;
}

function decide({ head }: Exchange): Rejection | undefined {
  if (isNeverForwarded(head.method)) return reject(methodRejected);
  return checkFraming(head) ?? resolveTarget(head) ?? checkExpectation(head.expect) ?? checkUpgrade(head);
}

/** RFC 9110 §10.1.1 knows one. */
function checkExpectation(expect: string | undefined): Rejection | undefined {
  return expect === undefined || expect.toLowerCase() === "100-continue"
    ? undefined
    : reject(expectationRejected);
}
