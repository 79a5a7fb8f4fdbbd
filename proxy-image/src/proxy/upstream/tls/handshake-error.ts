import {
  FailureError,
  connectionClosedBeforeTls,
  connectionTimeout,
  tlsTimeout,
} from "../../errors/failures";
import { upstreamError } from "./upstream-error";

/** Codes of a connection that the other side ended. Node says ECONNRESET of a FIN in the handshake as well. */
const CLOSED: ReadonlySet<string | undefined> = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED", "ENOTCONN"]);

/**
 * Wraps an error that a third party's socket reported before TLS was established. A connection that ends there is
 * what a refused one looks like through Linkerd's sidecar, which accepts it first (measured); after the handshake
 * the third party itself has closed it.
 */
export function handshakeError(error: NodeJS.ErrnoException): FailureError {
  if (!(error instanceof FailureError) && CLOSED.has(error.code)) {
    return new FailureError(connectionClosedBeforeTls, undefined, { cause: error });
  }
  return upstreamError(error);
}

/**
 * The time for a connection has passed.
 *
 * @param connecting whether there is no TCP connection yet
 */
export function handshakeTimeout(connecting: boolean): FailureError {
  return new FailureError(connecting ? connectionTimeout : tlsTimeout);
}
