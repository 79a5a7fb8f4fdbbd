import {
  certificateInvalid,
  connectionClosedBeforeTls,
  connectionRefused,
  connectionTerminated,
  connectionTimeout,
  destinationUnroutable,
  dnsError,
  dnsTimeout,
  responseHeadersTooLarge,
  responseIncomplete,
  responseMalformed,
  responseStalled,
  responseTimeout,
  tlsFailed,
  tlsTimeout,
  totalTimeout,
  upgradeFailed,
  upstreamFailed,
} from "../errors/failures";
import type { Exchange } from "../exchange/exchange";
import type { Outcome } from "../upstream/breaker";

/**
 * Failures of the third party, or of its network. `responseTruncated` is not one: a client can cause it, because Node's
 * server responds with a 400 without length, and without close_notify, to what it can't parse.
 */
const THIRD_PARTYS = new Set([
  certificateInvalid,
  connectionClosedBeforeTls,
  connectionRefused,
  connectionTerminated,
  connectionTimeout,
  destinationUnroutable,
  dnsError,
  dnsTimeout,
  responseHeadersTooLarge,
  responseIncomplete,
  responseMalformed,
  responseStalled,
  responseTimeout,
  tlsFailed,
  tlsTimeout,
  totalTimeout,
  upgradeFailed,
  upstreamFailed,
]);

/**
 * What a circuit breaker learns from an exchange. Nothing that a client alone can cause counts as a failure: otherwise
 * one tenant could block a third party for all others, by leaving, or by sending slowly or wrongly.
 */
export function outcomeOf({ complete, failure, upgraded, respondedAt, status }: Exchange): Outcome {
  if (upgraded) return "success";
  if (failure) return THIRD_PARTYS.has(failure) && complete ? "failure" : "ignored";
  if (respondedAt === 0) return "ignored";
  return status >= 500 ? "failure" : "success";
}
