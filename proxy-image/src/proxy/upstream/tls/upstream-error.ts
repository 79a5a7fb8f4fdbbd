import { classifyUpstream } from "../../errors/classify";
import {
  FailureError,
  certificateInvalid,
  connectionTerminated,
  tlsFailed,
  upstreamFailed,
} from "../../errors/failures";
import { certificateReason } from "./certificate-reasons";
import { tlsReason } from "./tls-reasons";

/** The form of Node's error codes. */
const CODE = /^[A-Z][A-Z0-9_/]{0,63}$/;

const FIRST_REQUEST =
  "It was the first request on the connection: a server that does not accept the client certificate, or misses one, may end it in the same way. Check `tls.clientCertificate` if the third party wants one.";

/**
 * Wraps an error that a third party's socket reported: while connecting, in TLS, or while reading and writing. It is
 * not for errors that our own code throws, because an unknown error counts as the third party's.
 */
export function upstreamError(error: NodeJS.ErrnoException): FailureError {
  if (error instanceof FailureError) return error;
  const failure = classifyUpstream(error);
  let reason: string | undefined;
  if (failure === certificateInvalid) reason = certificateReason(error);
  else if (failure === tlsFailed) reason = tlsReason(error);
  else if (failure === upstreamFailed && CODE.test(error.code ?? "")) reason = `The error is ${error.code}.`;
  return new FailureError(failure, reason, { cause: error });
}

/**
 * The same for the first request on a connection. In TLS 1.3 a client finishes the handshake before the server sees its
 * certificate (RFC 8446 §4.4.2.4). So a rejected certificate looks like the end of a connection that was accepted: some
 * servers close without an alert, and with a large body a write fails before the alert is read.
 */
export function firstRequestError(error: NodeJS.ErrnoException): FailureError {
  const { failure, reason } = upstreamError(error);
  return new FailureError(failure, failure === connectionTerminated ? FIRST_REQUEST : reason, {
    cause: error,
  });
}
