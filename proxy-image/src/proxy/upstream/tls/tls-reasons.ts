const CLIENT_CERTIFICATE =
  "Give one that the third party knows as `tls.clientCertificate`, with its whole chain.";
const FAULT = "That is a fault of its server or of something on the way to it. Ask the third party.";
const VERSION = "Lower `tls.minVersion` to TLS 1.2 if it is higher; nothing older is ever spoken.";

/**
 * What a third party means by a fatal TLS alert, and how to correct it. Key: its number in IANA's registry of TLS
 * alerts, which RFC 8446 §6 explains.
 */
export const ALERT_REASONS: ReadonlyMap<number, string> = new Map([
  [10, `The third party did not expect the proxy's TLS message (unexpected_message). ${FAULT}`],
  [20, `The third party could not verify a TLS record (bad_record_mac). ${FAULT}`],
  [21, `The third party could not decrypt a TLS record (decryption_failed). ${FAULT}`],
  [22, `The third party found a TLS record too large (record_overflow). ${FAULT}`],
  [
    40,
    "The third party found no way to negotiate TLS (handshake_failure): it wants a client certificate, or has no cipher or no certificate for the name. Check `tls.clientCertificate`, `tls.minVersion` and `tls.serverName`.",
  ],
  [41, `The third party wants a client certificate (no_certificate). ${CLIENT_CERTIFICATE}`],
  [
    42,
    `The third party found the client certificate missing or malformed (bad_certificate). ${CLIENT_CERTIFICATE}`,
  ],
  [
    43,
    `The third party does not take client certificates of this kind (unsupported_certificate). ${CLIENT_CERTIFICATE}`,
  ],
  [44, `The third party found the client certificate revoked (certificate_revoked). ${CLIENT_CERTIFICATE}`],
  [45, `The third party found the client certificate expired (certificate_expired). ${CLIENT_CERTIFICATE}`],
  [46, `The third party did not accept the client certificate (certificate_unknown). ${CLIENT_CERTIFICATE}`],
  [47, `The third party found a value in the handshake out of place (illegal_parameter). ${FAULT}`],
  [
    48,
    `The third party does not know the authority of the client certificate (unknown_ca). ${CLIENT_CERTIFICATE}`,
  ],
  [49, `The third party does not let this client certificate in (access_denied). ${CLIENT_CERTIFICATE}`],
  [50, `The third party could not read the proxy's TLS message (decode_error). ${FAULT}`],
  [
    51,
    `The third party found a signature in the handshake wrong (decrypt_error). Check that the key of \`tls.clientCertificate\` is the certificate's own, then ask the third party.`,
  ],
  [70, `The third party does not speak the TLS versions that are offered (protocol_version). ${VERSION}`],
  [
    71,
    "The third party wants stronger ciphers than are offered (insufficient_security). Ask the third party which.",
  ],
  [80, `The third party's TLS failed within (internal_error). ${FAULT}`],
  [86, `The third party took the TLS version for a downgrade (inappropriate_fallback). ${VERSION}`],
  [90, "The third party cancelled the handshake (user_canceled). Ask the third party."],
  [109, `The third party missed an extension in the handshake (missing_extension). ${FAULT}`],
  [110, `The third party did not take an extension of the handshake (unsupported_extension). ${FAULT}`],
  [
    112,
    "The third party has no server of this name (unrecognized_name). Check the upstream's host, or give the name that the third party knows as `tls.serverName`.",
  ],
  [116, `The third party wants a client certificate (certificate_required). ${CLIENT_CERTIFICATE}`],
  [
    120,
    "The third party does not speak HTTP/1.1 (no_application_protocol): it may have HTTP/2 only, which this proxy does not speak to third parties. Ask it for an address with HTTP/1.1.",
  ],
]);

const NOT_TLS =
  "What answers at the third party's address does not speak TLS. Check the upstream's `port`: it is that of HTTPS, which is 443 by default.";
const OLD_VERSION = `The third party chose a TLS version below \`tls.minVersion\`. ${VERSION}`;
const WEAK_GROUP =
  "The third party's Diffie-Hellman group is too weak. Ask it for elliptic curves (ECDHE) or a group of 2048 bits.";
const DAMAGED = `A TLS record came damaged. ${FAULT}`;

/** What OpenSSL or Node did not accept in a third party's TLS, by Node's code, and how to correct it. */
export const TLS_REASONS: ReadonlyMap<string, string> = new Map([
  ["ERR_SSL_WRONG_VERSION_NUMBER", NOT_TLS],
  ["ERR_SSL_PACKET_LENGTH_TOO_LONG", NOT_TLS],
  ["ERR_SSL_DATA_LENGTH_TOO_LONG", NOT_TLS],
  ["ERR_SSL_UNSUPPORTED_PROTOCOL", OLD_VERSION],
  ["ERR_SSL_WRONG_SSL_VERSION", OLD_VERSION],
  [
    "ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
    "The third party's TLS lacks secure renegotiation (RFC 5746), without which requests can be injected. Ask the third party to update its server.",
  ],
  ["ERR_SSL_DH_KEY_TOO_SMALL", WEAK_GROUP],
  ["ERR_TLS_DH_PARAM_SIZE", WEAK_GROUP],
  ["ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", DAMAGED],
  ["ERR_SSL_BAD_RECORD_TYPE", DAMAGED],
]);

/** For all other codes, which are mostly malformed messages. */
const OTHER_REASON = `The third party's TLS messages break the protocol. ${FAULT}`;

/** Why TLS with a third party failed, other than by its certificate, and how to correct it. */
export function tlsReason({ code = "", message }: NodeJS.ErrnoException): string {
  // OpenSSL appends the number to every alert that it receives; the codes differ between its versions.
  const alert = /SSL alert number (\d{1,3})/.exec(message)?.[1];
  const reason = alert === undefined ? TLS_REASONS.get(code) : ALERT_REASONS.get(Number(alert));
  if (reason !== undefined) return reason;
  return alert === undefined
    ? OTHER_REASON
    : `The third party ended TLS with the alert ${alert}. Ask the third party.`;
}
