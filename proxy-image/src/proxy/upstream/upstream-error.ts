import { classifyUpstream } from "../errors/classify";
import { FailureError, certificateRefused, upstreamFailed } from "../errors/failures";
import { certificateReason } from "./certificate-reasons";

/** Node's codes of errors. */
const CODE = /^[A-Z][A-Z0-9_/]{0,63}$/;

/**
 * Wraps an error that a third party's socket reported: while connecting, in TLS, or while reading and writing. What
 * our own code throws does not belong here, because an unknown error counts as the third party's.
 */
export function upstreamError(error: NodeJS.ErrnoException): FailureError {
  if (error instanceof FailureError) return error;
  const failure = classifyUpstream(error);
  let reason: string | undefined;
  if (failure === certificateRefused) reason = certificateReason(error);
  else if (failure === upstreamFailed && CODE.test(error.code ?? "")) reason = `The error is ${error.code}.`;
  return new FailureError(failure, reason, { cause: error });
}
