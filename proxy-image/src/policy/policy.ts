/**
 * The policy: the one document that the proxy obeys. The component compiles it from its arguments, an
 * immutable ConfigMap named by its hash carries it, and the proxy refuses a text with another hash.
 */
export interface Policy {
  version: 1;
  /** The domain under which applications name upstreams: `egress.local`. */
  domain: string;
  /** Where the upstream Services are, because their own names are accepted as Host too. */
  services: { namespace: string; clusterDomain: string };
  /** Keyed by host, exact (`api.stripe.com`) or wildcard (`*.ingest.sentry.io`), so that one upstream more is one entry in a diff. */
  upstreams: Record<string, PolicyUpstream>;
}

/** One allowed third party. Every default is already filled in: the proxy adds none of its own. */
export interface PolicyUpstream {
  /** Name of the Service that stands for this upstream in the cluster. */
  service: string;
  /** TCP port of the third party. */
  port: number;
  timeouts: PolicyTimeouts;
  tls: PolicyTls;
  /** Private ranges (CIDR) that the host may resolve to. */
  allowedCidrs: string[];
}

/** Milliseconds. */
export interface PolicyTimeouts {
  /** TCP connection and TLS handshake. */
  connect: number;
  /** From the request's last byte to the response's headers. */
  response: number;
  /** Between two pieces of a body. */
  idle: number;
}

export interface PolicyTls {
  minVersion: "TLSv1.2" | "TLSv1.3";
  /** Name sent as SNI and verified in the certificate, where it is not the host itself. */
  serverName?: string;
  /** PEM; replaces the public authorities for this upstream. */
  caCertificates?: string;
}
