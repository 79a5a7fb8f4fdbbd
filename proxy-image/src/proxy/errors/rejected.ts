import { asksForTooMuch, clientIsWrong, close, failure } from "./failure";

// Requests that are rejected before any decision: malformed, or ambiguous.

export const malformedRequest = failure(
  "malformed-request",
  400,
  "http_request_error",
  "The request is not well-formed HTTP/1.1.",
  clientIsWrong,
  close,
);
export const http2NotSpoken = failure(
  "http2-not-spoken",
  505,
  "http_request_error",
  "The client speaks HTTP/2, and this proxy HTTP/1.1 only.",
  "Use HTTP/1.1: turn `h2c` or prior knowledge off in the client; the proxy sends a GOAWAY frame, HTTP_1_1_REQUIRED.",
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
export const conflictingHost = failure(
  "conflicting-host",
  400,
  "http_request_error",
  "The request's target is a URL of one host, and its Host header names another.",
  "Send the same host and port in both: two readers may each believe another one (RFC 9112 §3.2).",
  close,
);
export const malformedTarget = failure(
  "malformed-target",
  400,
  "http_request_error",
  "The request target is neither a path, nor an http URL, nor `*` with OPTIONS.",
  "Send a path that begins with `/` and consists of visible ASCII, everything else percent-encoded.",
  close,
);
export const methodRejected = failure(
  "method-rejected",
  405,
  "http_request_denied",
  "CONNECT and TRACE are refused for every upstream.",
  "Use another method: a tunnel would escape the policy, and TRACE would echo credentials.",
  { ...close, headers: ["Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"] },
);
export const transferEncodingRejected = failure(
  "transfer-encoding-rejected",
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
export const targetTooLong = failure(
  "target-too-long",
  414,
  "http_request_error",
  "The request line is too long.",
  "Send what is long in the body: the limit protects every client of this proxy.",
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
export const expectationRejected = failure(
  "expectation-rejected",
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
