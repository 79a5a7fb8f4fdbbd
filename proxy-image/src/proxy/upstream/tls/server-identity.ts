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
/** What other software accepts or used to accept; used only to explain why a name is rejected. */
const LOOSE = { ...STRICT, subject: "always", partialWildcards: true, multiLabelWildcards: true } as const;

/** A label that no certificate contains, so that only a wildcard can match it. */
const ANY_LABEL = randomBytes(16).toString("hex");

const SERVER_NAME =
  "Ask the third party for a certificate with that name, or give one of its names as `tls.serverName`.";

/**
 * Whether a certificate is valid for a host, by RFC 9525. Node's own check also accepts a common name, `a*.example.com`
 * and whatever it parses from the text form of the names. Here OpenSSL compares the names as they are encoded.
 *
 * @param name canonical
 * @returns the failure, or undefined if the certificate is valid for the host; none of its text is repeated
 */
export function checkServerIdentity(name: string, { raw }: PeerCertificate): FailureError | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(raw);
  } catch (cause) {
    // TLS calls this from an event, where an exception would end the process.
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
  // OpenSSL's wildcard matches letters, digits and hyphens only; names of third parties may have underscores.
  const end = name.indexOf(".");
  if (!name.slice(0, end).includes("_")) return false;
  return certificate.checkHost(ANY_LABEL + name.slice(end), STRICT) !== undefined;
}

function mismatch(certificate: X509Certificate, name: string): string {
  // An empty string if the extension exists and is empty.
  if (!certificate.subjectAltName) {
    return `The certificate has no subjectAltName; a common name is no longer enough (RFC 9525 §2). Ask the third party for a certificate with a subjectAltName.`;
  }
  if (certificate.checkHost(name, LOOSE) !== undefined) {
    return `The certificate matches only by its common name or by a wildcard that is not its whole leftmost label or stands for more than one label, which RFC 9525 §6.3 rules out. ${SERVER_NAME}`;
  }
  return `The certificate is for other names: its subjectAltName does not have the upstream's host. ${SERVER_NAME}`;
}
