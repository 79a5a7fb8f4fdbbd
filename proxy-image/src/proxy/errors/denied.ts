import { clientIsWrong, close, failure } from "./failure";

// Requests that the policy denies.

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
export const clientUnknown = failure(
  "client-unknown",
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
export const clientDenied = failure(
  "client-denied",
  403,
  "http_request_denied",
  "The client's service account may not call this upstream.",
  "Add it to the `clients` of a rule in the upstream's `allow`.",
);
export const requestDenied = failure(
  "request-denied",
  403,
  "http_request_denied",
  "No rule of the upstream allows this client this method on this path.",
  "Add the method and the path to a rule in the upstream's `allow`.",
);
export const ambiguousPath = failure(
  "ambiguous-path",
  403,
  "http_request_denied",
  "The path is not in its normal form, so that a rule and the third party could read it differently.",
  "Send it without dot segments, empty segments, backslashes, `;` parameters and needless escapes.",
);
export const overrideDenied = failure(
  "override-denied",
  403,
  "http_request_denied",
  "The request asks for one method or path and names another in a header field or its query.",
  "Send the method and the path themselves: the rules are about those.",
);
export const upgradeDenied = failure(
  "upgrade-denied",
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
