/** Certificates that a third party showed, as a proxy pod tells them. The third party chose the names in them. */
export interface CertificateChain {
  /** Host to which the pod connected; with a wildcard one of several. */
  readonly host: string;
  /** Time of that connection (RFC 3339). */
  readonly seen: string;
  /** The third party's own first, then those that it sent with it. */
  readonly certificates: readonly CertificateFacts[];
}

/** What is told of a certificate. */
export interface CertificateFacts {
  /** Distinguished name: `O=Example, CN=api.example.com`. */
  readonly subject: string;
  readonly issuer: string;
  /** Validity (RFC 3339); absent if it can't be read. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}
