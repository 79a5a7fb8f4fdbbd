/** One way in which a request can end without the third party's answer. */
export interface Failure {
  /** Name, in problem+json's `type`, in the log and in metrics. */
  readonly name: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** One sentence for people: what happened. */
  readonly title: string;
  /** What to do about it. */
  readonly advice: string;
  /** `error` of the Proxy-Status header (RFC 9209 §2.3). */
  readonly proxyStatus: string;
  /** Further headers of the answer, flat: name, value, … */
  readonly headers?: readonly string[];
  /** The connection ends with the answer: its bytes can't be told apart any more. */
  readonly closes: boolean;
}

const failure = (
  name: string,
  status: number,
  proxyStatus: string,
  title: string,
  advice: string,
  { closes = false, headers }: { closes?: boolean; headers?: readonly string[] } = {},
): Failure => ({
  name,
  status,
  proxyStatus,
  title,
  advice,
  ...(headers && { headers }),
  closes,
});

const asksForTooMuch = "Send less: the limit protects every caller of this proxy.";
/** The connection is not read on after what could be read in two ways. */
const close = { closes: true };
const clientIsWrong = "Correct the client, or whatever stands between it and this proxy.";

// Requests that are refused before anything is decided.

export const malformedRequest = failure(
  "malformed-request",
  400,
  "http_request_error",
  "The request is not well-formed HTTP/1.1.",
  clientIsWrong,
  close,
);
export const missingHost = failure(
  "missing-host",
  400,
  "http_request_error",
  "The request has no Host header, so it names no third party.",
  "Send one Host header with the name of the upstream, as every HTTP client does with a URL.",
  close,
);
export const duplicateHost = failure(
  "duplicate-host",
  400,
  "http_request_error",
  "The request has more than one Host header.",
  "Send one: two readers of such a request may each believe another one (RFC 9112 §3.2).",
  close,
);
export const malformedHost = failure(
  "malformed-host",
  400,
  "http_request_error",
  "The Host header is not a host name with an optional port.",
  "Use the URL that the EgressProxy's output `urls` gives for the upstream.",
);
export const malformedTarget = failure(
  "malformed-target",
  400,
  "http_request_error",
  "The request target is not a path: this is a reverse proxy.",
  "Ask for http://<host>.<domain>/<path> directly; don't configure this proxy as HTTP_PROXY.",
  close,
);
export const methodRefused = failure(
  "method-refused",
  405,
  "http_request_denied",
  "CONNECT and TRACE are refused for every upstream.",
  "Use another method: a tunnel would escape the policy, and TRACE would echo credentials.",
  { ...close, headers: ["Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"] },
);
export const transferEncodingRefused = failure(
  "transfer-encoding-refused",
  501,
  "http_request_error",
  "The request has a Transfer-Encoding other than `chunked`.",
  "Send the body with Content-Length or `Transfer-Encoding: chunked`; compress with Content-Encoding.",
  close,
);
export const conflictingFraming = failure(
  "conflicting-framing",
  400,
  "http_request_error",
  "The request says in more than one way where its body ends.",
  "Send either one Content-Length or `Transfer-Encoding: chunked` (RFC 9112 §6.3).",
  close,
);
export const tooManyHeaders = failure(
  "too-many-headers",
  431,
  "http_request_error",
  "The request has too many header fields.",
  asksForTooMuch,
  close,
);
export const headersTooLarge = failure(
  "headers-too-large",
  431,
  "http_request_error",
  "The request's header section is too large.",
  asksForTooMuch,
  close,
);
export const requestTimeout = failure(
  "request-timeout",
  408,
  "http_request_error",
  "The request's headers did not arrive in time.",
  clientIsWrong,
  close,
);
export const expectationRefused = failure(
  "expectation-refused",
  417,
  "http_request_error",
  "The only expectation that can be met is `100-continue`.",
  clientIsWrong,
);
export const proxyLoop = failure(
  "proxy-loop",
  502,
  "proxy_loop_detected",
  "The request has been through this proxy before.",
  "Remove the upstream that leads back here.",
);

// Requests that the policy refuses.

export const notListed = failure(
  "not-listed",
  403,
  "http_request_denied",
  "The policy lists no upstream for this host.",
  "Add the host to the `upstreams` of the EgressProxy and run `pulumi up`.",
);
export const auditEnded = failure(
  "audit-ended",
  403,
  "http_request_denied",
  "The policy lists no upstream for this host, and its audit, which let such hosts through, has ended.",
  "Add the host to the `upstreams` of the EgressProxy; `k8s-egress suggest` reads from the log what the audit saw.",
);
export const notAudited = failure(
  "not-audited",
  403,
  "http_request_denied",
  "The policy lists no upstream for this host, and an audit lets only public hosts through.",
  "Call a name of the cluster as such; a third party on a private network needs an entry in `upstreams` and `allowedCidrs`.",
);
export const callerUnknown = failure(
  "caller-unknown",
  403,
  "http_request_denied",
  "The mesh does not say who is calling.",
  "Run the calling pod with Linkerd's sidecar (linkerd.io/inject: enabled).",
);
export const sidecarBypassed = failure(
  "sidecar-bypassed",
  403,
  "http_request_denied",
  "The connection has gone around this pod's sidecar, so that nothing vouches for it.",
  "Look for the port in config.linkerd.io/skip-inbound-ports, and for a CNI plugin that was not ready when the pod started; then delete the pod.",
);
export const callerRefused = failure(
  "caller-refused",
  403,
  "http_request_denied",
  "The caller's service account may not call this upstream.",
  "Add it to the `clients` of a rule in the upstream's `allow`.",
);
export const requestRefused = failure(
  "request-refused",
  403,
  "http_request_denied",
  "No rule of the upstream allows this caller this method on this path.",
  "Add the method and the path to a rule in the upstream's `allow`.",
);
export const ambiguousPath = failure(
  "ambiguous-path",
  403,
  "http_request_denied",
  "The path is not in its normal form, so that a rule and the third party could read it differently.",
  "Send it without dot segments, empty segments, backslashes, `;` parameters and needless escapes.",
);
export const overrideRefused = failure(
  "override-refused",
  403,
  "http_request_denied",
  "The request asks for one method or path and names another in a header field or its query.",
  "Send the method and the path themselves: the rules are about those.",
);
export const upgradeRefused = failure(
  "upgrade-refused",
  403,
  "http_request_denied",
  "The upstream does not allow this protocol upgrade.",
  "WebSocket needs the upstream's `websockets`; nothing else can be upgraded to.",
  close,
);
export const malformedUpgrade = failure(
  "malformed-upgrade",
  400,
  "http_request_error",
  "The request is no WebSocket handshake of version 13.",
  clientIsWrong,
  close,
);

// Requests that would be too much.

export const requestTooLarge = failure(
  "request-too-large",
  413,
  "http_request_denied",
  "The request's body is larger than the upstream's limit.",
  "`maxBodyBytes` of the upstream is the limit.",
);
export const requestStalled = failure(
  "request-stalled",
  408,
  "http_request_error",
  "The request's body stopped in the middle.",
  "`timeouts.idle` of the upstream is the limit.",
  close,
);
export const rateLimited = failure(
  "rate-limited",
  429,
  "http_request_denied",
  "More requests than the upstream's `rateLimit` allows.",
  "Wait as Retry-After says, then repeat the request.",
);
export const upstreamBusy = failure(
  "upstream-busy",
  503,
  "connection_limit_reached",
  "As many requests as the upstream allows are in flight.",
  "Wait as Retry-After says, then repeat the request; `maxRequests` and `maxConnections` of the upstream are the limits.",
  { headers: ["Retry-After", "1"] },
);
export const callerBusy = failure(
  "caller-busy",
  503,
  "connection_limit_reached",
  "As many of this caller's requests as the upstream allows are in flight.",
  "Wait as Retry-After says, then repeat the request; `maxRequestsPerCaller` of the upstream is the limit.",
  { headers: ["Retry-After", "1"] },
);
export const circuitOpen = failure(
  "circuit-open",
  503,
  "destination_unavailable",
  "The third party has failed too often in a row, and is left alone for a while.",
  "Wait as Retry-After says; `circuitBreaker` of the upstream says how often and how long.",
);
export const overloaded = failure(
  "overloaded",
  503,
  "connection_limit_reached",
  "This pod has as many requests in flight as it can carry.",
  "Wait as Retry-After says, then repeat the request; if it lasts, add replicas.",
  { headers: ["Retry-After", "1"] },
);
export const totalTimeout = failure(
  "total-timeout",
  504,
  "http_response_timeout",
  "The request and its answer took too long.",
  "`timeouts.total` of the upstream is the limit.",
);

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
  "The third party closed the connection before it answered.",
  "Repeat the request if it is safe to; if it lasts, ask the third party.",
);
export const certificateRefused = failure(
  "certificate-refused",
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

// Third parties whose answer can't be passed on.

export const responseTimeout = failure(
  "response-timeout",
  504,
  "http_response_timeout",
  "The third party did not answer in time.",
  "`timeouts.response` of the upstream is the limit.",
);
export const responseMalformed = failure(
  "response-malformed",
  502,
  "http_protocol_error",
  "The third party's answer is not well-formed HTTP/1.1.",
  "Ask the third party.",
);
export const responseHeadersTooLarge = failure(
  "response-headers-too-large",
  502,
  "http_response_header_section_size",
  "The third party's answer has too large a header section.",
  "Ask the third party.",
);
export const responseIncomplete = failure(
  "response-incomplete",
  502,
  "http_response_incomplete",
  "The third party's answer ended too early.",
  "Repeat the request if it is safe to; if it lasts, ask the third party.",
);
export const responseStalled = failure(
  "response-stalled",
  504,
  "http_response_timeout",
  "The third party's answer stopped in the middle.",
  "`timeouts.idle` of the upstream is the limit.",
);
export const responseTooLarge = failure(
  "response-too-large",
  502,
  "http_response_body_size",
  "The third party's answer is larger than the upstream's limit.",
  "`maxBodyBytes` of the upstream is the limit.",
);
export const redirectRefused = failure(
  "redirect-refused",
  502,
  "http_protocol_error",
  "The third party sends the caller to an address inside the cluster.",
  "Ask the third party: no answer from outside may name the cluster's own addresses.",
);
export const upgradeFailed = failure(
  "upgrade-failed",
  502,
  "http_upgrade_failed",
  "The third party's answer to the WebSocket handshake is wrong.",
  "Ask the third party.",
);
export const callerStalled = failure(
  "caller-stalled",
  504,
  "http_request_error",
  "The caller stopped reading the answer.",
  "`timeouts.idle` of the upstream is the limit.",
);
export const tooOld = failure(
  "too-old",
  504,
  "http_response_timeout",
  "The WebSocket connection reached its maximum age.",
  "Connect again; `websockets.maxAge` of the upstream is the limit.",
);

/** A mistake of the operator's. */
export const clientCertificateUnusable = failure(
  "client-certificate-unusable",
  500,
  "proxy_configuration_error",
  "The client certificate for the third party can't be used.",
  "Check the credentials that the upstream's `tls.clientCertificate` names: a certificate with its chain, and the key that belongs to it without a passphrase, both PEM.",
);

/** A mistake of ours. */
export const internalError = failure(
  "internal-error",
  500,
  "proxy_internal_error",
  "The proxy failed.",
  "Look at the proxy's log, and report it.",
);

/** What carries a failure to where it is answered. */
export class FailureError extends Error {
  override readonly name = "FailureError";

  /**
   * @param failure what to tell the caller
   * @param reason what to add for them: nothing secret, no address
   */
  constructor(
    readonly failure: Failure,
    readonly reason?: string,
    options?: ErrorOptions,
  ) {
    super(reason ? `${failure.title} ${reason}` : failure.title, options);
  }
}
