import {
  FailureError,
  type Failure,
  certificateInvalid,
  connectionRefused,
  connectionTerminated,
  connectionTimeout,
  destinationUnroutable,
  internalError,
  responseHeadersTooLarge,
  responseMalformed,
  tlsFailed,
} from "./failures";

const byCode: Readonly<Record<string, Failure>> = {
  ECONNREFUSED: connectionRefused,
  ECONNRESET: connectionTerminated,
  EPIPE: connectionTerminated,
  ETIMEDOUT: connectionTimeout,
  EHOSTUNREACH: destinationUnroutable,
  ENETUNREACH: destinationUnroutable,
  EADDRNOTAVAIL: destinationUnroutable,
  EAFNOSUPPORT: destinationUnroutable,
  MALFORMED_MESSAGE: responseMalformed,
  SECTION_TOO_LARGE: responseHeadersTooLarge,
  // Node's parser, for answers to upgrades
  HPE_HEADER_OVERFLOW: responseHeadersTooLarge,
  // Node, for a header field of an answer that it won't send
  ERR_INVALID_CHAR: responseMalformed,
  ERR_INVALID_HTTP_TOKEN: responseMalformed,
};

/** OpenSSL's verification errors, as Node names them: X509_V_ERR_… without the prefix. */
const CERTIFICATE_CODE =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_ALTNAME_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH|ERROR_IN_CERT_|CRL_)/;

/** The failure that an error from a socket, TLS or a reader of answers stands for. */
export function classify(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure;
  const code = (error as NodeJS.ErrnoException | null | undefined)?.code;
  if (typeof code !== "string") return internalError;
  const known = byCode[code];
  if (known) return known;
  if (CERTIFICATE_CODE.test(code)) return certificateInvalid;
  if (code.startsWith("HPE_")) return responseMalformed;
  if (code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_") || code === "EPROTO") return tlsFailed;
  return internalError;
}
