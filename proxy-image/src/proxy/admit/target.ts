import { type Failure, malformedTarget } from "../errors/failures";

/**
 * A request target in origin-form (RFC 9112 §3.2.1): a path and an optional query. Visible ASCII without `#`,
 * which no request may carry and which readers cut at.
 */
const ORIGIN_FORM = /^\/[\x21\x22\x24-\x7e]*$/;

/** Absolute-form, authority-form, `*` and fragments are refused: the Host header alone names the upstream. */
export function checkTarget(target: string): Failure | undefined {
  return ORIGIN_FORM.test(target) ? undefined : malformedTarget;
}
