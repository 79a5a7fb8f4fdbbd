import {
  FailureError,
  type Failure,
  certificateInvalid,
  connectionRefused,
  connectionTerminated,
  connectionTimeout,
  destinationUnroutable,
  internalError,
  overloaded,
  responseHeadersTooLarge,
  responseMalformed,
  responseTruncated,
  tlsFailed,
  upstreamFailed,
} from "./failures";

const byCode: ReadonlyMap<string, Failure> = new Map(
  Object.entries({
    ECONNREFUSED: connectionRefused,
    ECONNRESET: connectionTerminated,
    ECONNABORTED: connectionTerminated,
    EPIPE: connectionTerminated,
    ETIMEDOUT: connectionTimeout,
    EHOSTUNREACH: destinationUnroutable,
    ENETUNREACH: destinationUnroutable,
    EADDRNOTAVAIL: destinationUnroutable,
    EAFNOSUPPORT: destinationUnroutable,
    EHOSTDOWN: destinationUnroutable,
    ENETDOWN: destinationUnroutable,
    // The node's own packet filter, such as Cilium's, or iptables with REJECT
    EACCES: destinationUnroutable,
    EPERM: destinationUnroutable,
    MALFORMED_MESSAGE: responseMalformed,
    SECTION_TOO_LARGE: responseHeadersTooLarge,
    RESPONSE_TRUNCATED: responseTruncated,
    // Node's parser, for responses to upgrades
    HPE_HEADER_OVERFLOW: responseHeadersTooLarge,
    // Node, for a header field of a response that it won't send
    ERR_INVALID_CHAR: responseMalformed,
    ERR_INVALID_HTTP_TOKEN: responseMalformed,
    // No file descriptors or memory left in this pod or on its node
    EMFILE: overloaded,
    ENFILE: overloaded,
    ENOBUFS: overloaded,
    ENOMEM: overloaded,
  }),
);

/**
 * OpenSSL's verification errors, as Node names them (src/crypto/crypto_common.cc): X509_V_ERR_ without the prefix,
 * and UNSPECIFIED for those without a name there, such as a weak key or a violated name constraint.
 */
const CERTIFICATE_CODE =
  /^(?:UNSPECIFIED$|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_ALTNAME_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_|HOSTNAME_MISMATCH$|ERROR_IN_C|CRL_)/;

/**
 * The failure for an error that our own code threw. An unknown error is a defect of this proxy. For an error that a
 * socket or TLS reported use `upstreamError`.
 */
export function classify(error: unknown): Failure {
  return known(error) ?? internalError;
}

/**
 * The failure for an error at the third party or on the way to it. An unknown error counts as the third party's:
 * nothing that it sends may look like a defect of this proxy.
 */
export function classifyUpstream(error: unknown): Failure {
  return known(error) ?? (codeOf(error)?.startsWith("ERR_OSSL_") ? tlsFailed : upstreamFailed);
}

function known(error: unknown): Failure | undefined {
  if (error instanceof FailureError) return error.failure;
  const code = codeOf(error);
  if (code === undefined) return undefined;
  const failure = byCode.get(code);
  if (failure) return failure;
  if (CERTIFICATE_CODE.test(code)) return certificateInvalid;
  if (code.startsWith("HPE_")) return responseMalformed;
  if (code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_") || code === "EPROTO") return tlsFailed;
  return undefined;
}

function codeOf(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
