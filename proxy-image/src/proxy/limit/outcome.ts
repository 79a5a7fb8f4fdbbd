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
 * Failures that are the third party's, or its network's. `responseTruncated` is none: a client can bring it about, as
 * Node's server answers what it can't parse with a 400 without length, and then without close_notify.
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
 * What a circuit breaker learns from an exchange. Nothing that a client can bring about by itself counts as a
 * failure: by leaving, by sending slowly or wrongly, one tenant could close a third party to all others.
 */
export function outcomeOf({ complete, failure, upgraded, respondedAt, status }: Exchange): Outcome {
  if (upgraded) return "success";
  if (failure) return THIRD_PARTYS.has(failure) && complete ? "failure" : "ignored";
  if (respondedAt === 0) return "ignored";
  return status >= 500 ? "failure" : "success";
}
