/** The hint that Node appends to OpenSSL's own text, from Node 24 on. */
const NODE_HINT = /; if the root CA is installed locally.*$/s;
/** The form of OpenSSL's texts; anything else is not repeated. */
const PLAIN_TEXT = /^[A-Za-z0-9 ,'()_-]{1,100}$/;

// OpenSSL has two codes with the same meaning.
const NO_ISSUER =
  "The third party sent its certificate without the intermediate certificate that issued it, or its authority is not trusted. Ask it to send its whole chain, or give what is missing in `tls.caCertificates`, which takes intermediates as well as roots.";
const OWN_AUTHORITY =
  "If the third party has an authority of its own, give the certificate of that authority in `tls.caCertificates`, which replaces the public ones.";
const NEW_CERTIFICATE = "Ask the third party for a new certificate.";
const NEW_AUTHORITY = "Ask the third party for a certificate of an authority that follows RFC 5280.";
const BROKEN = `A certificate of the third party's chain is not well-formed. ${NEW_CERTIFICATE}`;

/**
 * Why OpenSSL did not accept a certificate, and how to correct it. Key: the name that Node gives the X509_V_ERR_ code
 * (src/crypto/crypto_common.cc) or, if Node says UNSPECIFIED, OpenSSL's text for it (crypto/x509/x509_txt.c).
 */
export const CERTIFICATE_REASONS: ReadonlyMap<string, string> = new Map([
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", NO_ISSUER],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", NO_ISSUER],
  ["UNABLE_TO_GET_ISSUER_CERT", NO_ISSUER],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", `The third party's certificate is self-signed. ${OWN_AUTHORITY}`],
  [
    "SELF_SIGNED_CERT_IN_CHAIN",
    `The third party's chain ends at a self-signed certificate that is not trusted. ${OWN_AUTHORITY}`,
  ],
  ["CERT_HAS_EXPIRED", `A certificate of the third party's chain has expired. ${NEW_CERTIFICATE}`],
  [
    "CERT_NOT_YET_VALID",
    `A certificate of the third party's chain is not valid yet. Check the clocks of the cluster's nodes, then ask the third party.`,
  ],
  ["CERT_REVOKED", `A certificate of the third party's chain is revoked. ${NEW_CERTIFICATE}`],
  ["CERT_REJECTED", `An authority of the third party's chain rejects this use of it. ${NEW_AUTHORITY}`],
  ["CERT_UNTRUSTED", `An authority of the third party's chain is not trusted for servers. ${OWN_AUTHORITY}`],
  [
    "CERT_SIGNATURE_FAILURE",
    `A signature in the third party's chain is wrong. Check that \`tls.caCertificates\` holds the authority's current certificate, then ask the third party.`,
  ],
  ["CERT_CHAIN_TOO_LONG", `The third party's chain is too long. Ask it to send only what is needed.`],
  [
    "INVALID_CA",
    `The third party's chain has an issuer that is not a certificate authority. ${NEW_AUTHORITY}`,
  ],
  [
    "PATH_LENGTH_EXCEEDED",
    `The third party's chain is longer than one of its authorities allows (pathlen). ${NEW_AUTHORITY}`,
  ],
  [
    "INVALID_PURPOSE",
    `A certificate of the third party's chain is not made for its purpose: that of the server needs the extended key usage serverAuth, those of its issuers must be authorities'. ${NEW_CERTIFICATE}`,
  ],
  [
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "The certificate is for other names. Check the upstream's host, or give the certificate's name as `tls.serverName`.",
  ],
  ["UNABLE_TO_DECRYPT_CERT_SIGNATURE", BROKEN],
  ["UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY", BROKEN],
  ["ERROR_IN_CERT_NOT_BEFORE_FIELD", BROKEN],
  ["ERROR_IN_CERT_NOT_AFTER_FIELD", BROKEN],
  [
    "permitted subtree violation",
    `The third party's certificate has a name that its authority may not issue for (name constraints, permitted names). ${NEW_AUTHORITY}`,
  ],
  [
    "excluded subtree violation",
    `The third party's certificate has a name that its authority must not issue for (name constraints, excluded names). ${NEW_AUTHORITY}`,
  ],
  [
    "name constraints minimum and maximum not supported",
    `An authority of the third party's chain has name constraints that RFC 5280 does not allow. ${NEW_AUTHORITY}`,
  ],
  [
    "unsupported name constraint type",
    `An authority of the third party's chain has name constraints of an unknown kind. ${NEW_AUTHORITY}`,
  ],
  [
    "unsupported or invalid name constraint syntax",
    `An authority of the third party's chain has malformed name constraints. ${NEW_AUTHORITY}`,
  ],
  [
    "unsupported or invalid name syntax",
    `The third party's certificate has a malformed name, and its authority has name constraints. ${NEW_CERTIFICATE}`,
  ],
  [
    "CA signature digest algorithm too weak",
    `A certificate of the third party's chain is signed with a digest that is too weak, such as SHA-1 or MD5. Ask the third party for a certificate signed with SHA-256.`,
  ],
  [
    "EE certificate key too weak",
    `The key of the third party's certificate is too weak: RSA needs 2048 bits, elliptic curves 224. ${NEW_CERTIFICATE}`,
  ],
  [
    "CA certificate key too weak",
    `The key of an authority in the third party's chain is too weak: RSA needs 2048 bits, elliptic curves 224. ${NEW_AUTHORITY}`,
  ],
  [
    "unhandled critical extension",
    `A certificate of the third party's chain has a critical extension that is not known here, so that it must be refused (RFC 5280 §4.2). ${NEW_CERTIFICATE}`,
  ],
  [
    "key usage does not include certificate signing",
    `An issuer in the third party's chain may not sign certificates: its key usage lacks keyCertSign. ${NEW_AUTHORITY}`,
  ],
  [
    "key usage does not include digital signature",
    `The key usage of the third party's certificate lacks digitalSignature. ${NEW_CERTIFICATE}`,
  ],
  [
    "invalid CA certificate",
    `The third party's chain has an issuer that is not a certificate authority. ${NEW_AUTHORITY}`,
  ],
  [
    "invalid non-CA certificate (has CA markings)",
    `The third party shows a certificate authority's certificate as its own. ${NEW_CERTIFICATE}`,
  ],
  [
    "proxy certificates not allowed, please set the appropriate flag",
    `The third party shows a proxy certificate (RFC 3820), which is never accepted. ${NEW_CERTIFICATE}`,
  ],
  [
    "invalid or inconsistent certificate extension",
    `A certificate of the third party's chain has a malformed extension. ${NEW_CERTIFICATE}`,
  ],
  [
    "invalid or inconsistent certificate policy extension",
    `A certificate of the third party's chain has a malformed policy extension. ${NEW_CERTIFICATE}`,
  ],
  [
    "Certificate public key has explicit ECC parameters",
    `A key in the third party's chain describes its curve instead of naming it, which RFC 5480 forbids. ${NEW_CERTIFICATE}`,
  ],
  [
    "subject signature algorithm and issuer public key algorithm mismatch",
    `A certificate of the third party's chain is signed with another kind of key than its issuer's. ${NEW_CERTIFICATE}`,
  ],
  [
    "cert info signature and signature algorithm mismatch",
    `A certificate of the third party's chain names two signature algorithms. ${NEW_CERTIFICATE}`,
  ],
  [
    "Cannot find certificate signature algorithm",
    `A certificate of the third party's chain has an unknown signature algorithm. ${NEW_CERTIFICATE}`,
  ],
  [
    "RFC 3779 resource not subset of parent's resources",
    `A certificate of the third party's chain has more address resources than its issuer (RFC 3779). ${NEW_AUTHORITY}`,
  ],
]);

/** Why a certificate was not accepted, and how to correct it; without any text of the certificate. */
export function certificateReason({ code = "UNSPECIFIED", message }: NodeJS.ErrnoException): string {
  const key = code === "UNSPECIFIED" ? message.replace(NODE_HINT, "") : code;
  const reason = CERTIFICATE_REASONS.get(key);
  if (reason !== undefined) return reason;
  const name = PLAIN_TEXT.test(key) ? ` OpenSSL calls the reason "${key}".` : "";
  return `A certificate of the third party's chain breaks a rule of RFC 5280.${name} ${NEW_CERTIFICATE}`;
}
