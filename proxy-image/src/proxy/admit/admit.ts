import { isNeverForwarded } from "../../policy/method";
import { type Failure, expectationRefused, methodRefused } from "../errors/failures";
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

function decide({ head }: Exchange): Failure | undefined {
  if (isNeverForwarded(head.method)) return methodRefused;
  return (
    checkFraming(head) ?? checkTarget(head.target) ?? checkExpectation(head.expect) ?? checkUpgrade(head)
  );
}

/** RFC 9110 §10.1.1 knows one. */
function checkExpectation(expect: string | undefined): Failure | undefined {
  return expect === undefined || expect.toLowerCase() === "100-continue" ? undefined : expectationRefused;
}
