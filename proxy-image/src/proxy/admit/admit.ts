import { failExchange } from "../exchange/fail";
import { isNeverForwarded } from "../../contract/names/method";
import { expectationRejected, methodRejected } from "../errors/failures";
import type { PolicyLimits } from "../../contract/policy/policy";
import type { RequestHead } from "../message/request-head";
import type { Stage } from "../exchange/stage";
import { checkFraming } from "./framing";
import { type Rejection, reject } from "./rejection";
import { resolveTarget } from "./target";
import { checkUpgrade } from "./upgrade";

/** First stage: rejects requests that could be read in two ways, before any decision depends on them. */
export function admit({ headerFields }: PolicyLimits): Stage {
  return function admit(exchange) {
    const rejection = rejectionOf(exchange.head, headerFields);
    if (rejection) failExchange(exchange, rejection.failure, rejection.reason);
    return !rejection;
  };
}

/** Why a request is rejected; afterwards `head` names one host and one path. Undefined: it is not. */
export function rejectionOf(head: RequestHead, mostFields: number): Rejection | undefined {
  if (isNeverForwarded(head.method)) return reject(methodRejected);
  return (
    checkFraming(head, mostFields) ??
    resolveTarget(head) ??
    checkExpectation(head.expect) ??
    checkUpgrade(head)
  );
}

/** `100-continue` is the only expectation of RFC 9110 §10.1.1. */
function checkExpectation(expect: string | undefined): Rejection | undefined {
  return expect === undefined || expect.toLowerCase() === "100-continue"
    ? undefined
    : reject(expectationRejected);
}
