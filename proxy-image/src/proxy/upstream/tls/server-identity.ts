import { X509Certificate, randomBytes } from "node:crypto";
import type { PeerCertificate } from "node:tls";
import { FailureError, certificateInvalid } from "../../errors/failures";

/** RFC 9525 §6.3 and §6.4: DNS names of subjectAltName only, a wildcard only as the whole leftmost label. */
const STRICT = {
  subject: "never",
  wildcards: true,
  partialWildcards: false,
  multiLabelWildcards: false,
  singleLabelSubdomains: false,
} as const;
/** What else software accepts or accepted; tells only why a name is refused. */
const LOOSE = { ...STRICT, subject: "always", partialWildcards: true, multiLabelWildcards: true } as const;

/** A label that no certificate names, so that only a wildcard can stand for it. */
const ANY_LABEL = randomBytes(16).toString("hex");

const SERVER_NAME =
  "Ask the third party for a certificate with that name, or give one of its names as `tls.serverName`.";

/**
 * Whether a certificate is for a host, by RFC 9525; Node's own check also takes a common name, `a*.example.com` and
 * whatever it reads in the text form of the names. OpenSSL compares here, on the names as they are encoded.
 *
 * @param name canonical
 * @returns the failure, or undefined where the certificate is for the host; none of its text is repeated
 */
export function checkServerIdentity(name: string, { raw }: PeerCertificate): FailureError | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(raw);
  } catch (cause) {
    // TLS calls this from an event: an exception would end the process.
    return new FailureError(certificateInvalid, "The certificate can't be read. Ask the third party.", {
      cause,
    });
  }
  return isFor(certificate, name)
    ? undefined
    : new FailureError(certificateInvalid, mismatch(certificate, name));
}

function isFor(certificate: X509Certificate, name: string): boolean {
  if (certificate.checkHost(name, STRICT) !== undefined) return true;
  // OpenSSL's wildcard stands for letters, digits and hyphens; names of third parties have underscores as well.
  const end = name.indexOf(".");
  if (!name.slice(0, end).includes("_")) return false;
  return certificate.checkHost(ANY_LABEL + name.slice(end), STRICT) !== undefined;
}

function mismatch(certificate: X509Certificate, name: string): string {
  // Empty where the extension is.
  if (!certificate.subjectAltName) {
    return `The certificate has no subjectAltName; a common name is no longer enough (RFC 9525 §2). Ask the third party for a certificate with a subjectAltName.`;
  }
  if (certificate.checkHost(name, LOOSE) !== undefined) {
    return `The certificate matches only by its common name or by a wildcard that is not its whole leftmost label or stands for more than one label, which RFC 9525 §6.3 rules out. ${SERVER_NAME}`;
  }
  return `The certificate is for other names: its subjectAltName does not have the upstream's host. ${SERVER_NAME}`;
}
