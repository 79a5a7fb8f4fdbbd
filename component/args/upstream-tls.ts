/** TLS towards one upstream. The certificate is always verified. */
export interface UpstreamTls {
  /**
   * Certificates of authorities as PEM, instead of the public ones; an intermediate is enough, without its root.
   * Default: Node's public authorities.
   */
  caCertificates?: string;
  /** Lowest protocol version. Default: TLS 1.2. */
  minVersion?: TlsVersion;
  /**
   * Name sent as SNI and verified in the certificate, if it is not the host. Not with a wildcard. Default: the host.
   */
  serverName?: string;
  /** Certificate that the proxy presents. Default: none. */
  clientCertificate?: ClientCertificate;
}

/** A client certificate, by the names of credentials that hold PEM. */
export interface ClientCertificate {
  /** Name in `credentials`: the certificate and its chain. */
  certificate: string;
  /** Name in `credentials`: the private key. */
  privateKey: string;
}

/** A TLS protocol version. */
export const TlsVersion = {
  /** TLS 1.2 */
  Tls12: "TLSv1.2",
  /** TLS 1.3 */
  Tls13: "TLSv1.3",
} as const;
export type TlsVersion = (typeof TlsVersion)[keyof typeof TlsVersion];
