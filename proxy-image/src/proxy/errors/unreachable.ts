import { failure } from "./failure";

// Third parties that can't be reached.

export const dnsTimeout = failure(
  "dns-timeout",
  504,
  "dns_timeout",
  "The third party's name was not resolved in time.",
  "Check the cluster's DNS, and that it forwards to a resolver that is up.",
);
export const dnsError = failure(
  "dns-error",
  502,
  "dns_error",
  "The third party's name does not resolve.",
  "Check the host in `upstreams` for a typing error, then the cluster's DNS.",
);
export const destinationProhibited = failure(
  "destination-prohibited",
  502,
  "destination_ip_prohibited",
  "The third party's name resolves to private or special addresses only.",
  "If that is intended, name the range in the upstream's `allowedCidrs`; loopback, link-local and metadata addresses are never allowed.",
);
export const connectionRefused = failure(
  "connection-refused",
  502,
  "connection_refused",
  "The third party refused the connection.",
  "Check the upstream's `port`, and whether a firewall or an EgressNetwork stands between.",
);
export const connectionClosedBeforeTls = failure(
  "connection-closed-before-tls",
  502,
  "connection_terminated",
  "The connection was closed before TLS was established: the third party refuses it or is unreachable.",
  "Check the upstream's host and `port`, and firewalls; with a mesh also whether an EgressNetwork denies it: a sidecar accepts every connection first.",
);
export const connectionTimeout = failure(
  "connection-timeout",
  504,
  "connection_timeout",
  "The third party did not accept a connection in time.",
  "Check firewalls and network policies; `timeouts.connect` of the upstream is the limit.",
);
export const destinationUnroutable = failure(
  "destination-unroutable",
  502,
  "destination_ip_unroutable",
  "There is no route to the third party.",
  "Check the cluster's network, IPv6 in particular, and network policies.",
);
export const connectionTerminated = failure(
  "connection-terminated",
  502,
  "connection_terminated",
  "The third party closed the connection before it responded.",
  "Repeat the request if it is safe to; if it lasts, ask the third party.",
);
export const certificateInvalid = failure(
  "certificate-invalid",
  502,
  "tls_certificate_error",
  "The third party's certificate could not be verified.",
  "There is no way to turn verification off.",
);
export const tlsFailed = failure(
  "tls-failed",
  502,
  "tls_protocol_error",
  "TLS with the third party failed.",
  "The proxy's log has OpenSSL's error.",
);
export const tlsTimeout = failure(
  "tls-timeout",
  504,
  "connection_timeout",
  "The third party accepted a connection, and did not finish the TLS handshake in time.",
  "Check that the upstream's `port` speaks TLS; `timeouts.connect` of the upstream is the limit.",
);
export const upstreamFailed = failure(
  "upstream-failed",
  502,
  "connection_terminated",
  "The connection to the third party failed.",
  "The proxy's log has the error; repeat the request if it is safe to.",
);
/** An error in the operator's configuration. */
export const clientCertificateUnusable = failure(
  "client-certificate-unusable",
  500,
  "proxy_configuration_error",
  "The client certificate for the third party can't be used.",
  "Check the credentials that the upstream's `tls.clientCertificate` names: a certificate with its chain, and the key that belongs to it without a passphrase, both PEM.",
);
