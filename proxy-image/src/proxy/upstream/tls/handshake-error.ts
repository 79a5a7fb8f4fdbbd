import {
  FailureError,
  connectionClosedBeforeTls,
  connectionTimeout,
  tlsTimeout,
} from "../../errors/failures";
import { upstreamError } from "./upstream-error";

/** Codes for a connection that the other side ended. Node reports ECONNRESET also for a FIN in the handshake. */
const CLOSED: ReadonlySet<string | undefined> = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED", "ENOTCONN"]);

/**
 * Wraps an error that a third party's socket reported before TLS was established. Through Linkerd's sidecar, which
 * accepts every connection first, a refused connection ends at this point (measured). After the handshake the third
 * party itself has closed it.
 */
export function handshakeError(error: NodeJS.ErrnoException): FailureError {
  if (!(error instanceof FailureError) && CLOSED.has(error.code)) {
    return new FailureError(connectionClosedBeforeTls, undefined, { cause: error });
  }
  return upstreamError(error);
}

/**
 * The time limit for connecting has passed.
 *
 * @param connecting whether there is no TCP connection yet
 */
export function handshakeTimeout(connecting: boolean): FailureError {
  return new FailureError(connecting ? connectionTimeout : tlsTimeout);
}
