import { failure } from "./failure";

// Responses of third parties that can't be passed on.

export const responseTimeout = failure(
  "response-timeout",
  504,
  "http_response_timeout",
  "The third party did not respond in time.",
  "`timeouts.response` of the upstream is the limit (60 s by default): raise it for third parties that think for long, such as language models without streaming. The third party may have done what was asked.",
);
export const responseMalformed = failure(
  "response-malformed",
  502,
  "http_protocol_error",
  "The third party's response is not well-formed HTTP/1.1.",
  "Ask the third party.",
);
export const responseHeadersTooLarge = failure(
  "response-headers-too-large",
  502,
  "http_response_header_section_size",
  "The third party's response has too large a header section.",
  "Ask the third party.",
);
export const responseIncomplete = failure(
  "response-incomplete",
  502,
  "http_response_incomplete",
  "The third party's response ended too early.",
  "Repeat the request if it is safe to; if it lasts, ask the third party.",
);
export const responseStalled = failure(
  "response-stalled",
  504,
  "http_response_timeout",
  "The third party's response stopped in the middle.",
  "This proxy ended it: `timeouts.idle` of the upstream is the limit.",
);
export const streamIdle = failure(
  "stream-idle",
  504,
  "http_response_timeout",
  "The stream was idle for too long, and this proxy ended it.",
  "`timeouts.stream` of the upstream is the limit; most third parties send a heartbeat if they are asked to.",
);
export const responseTooLarge = failure(
  "response-too-large",
  502,
  "http_response_body_size",
  "The third party's response is larger than the upstream's limit.",
  "`maxBodyBytes` of the upstream is the limit.",
);
export const responseTruncated = failure(
  "response-truncated",
  502,
  "http_response_incomplete",
  "The third party's response has no length, and its connection ended without TLS's close_notify, so part of it may be missing.",
  "Repeat the request if it is safe to; if it lasts, ask the third party for a Content-Length, chunked coding, or a close_notify at the end (RFC 9112 §9.8).",
);
export const redirectDenied = failure(
  "redirect-denied",
  502,
  "http_protocol_error",
  "The third party sends the client to an address inside the cluster.",
  "Ask the third party: no response from outside may name the cluster's own addresses.",
);
export const upgradeFailed = failure(
  "upgrade-failed",
  502,
  "http_upgrade_failed",
  "The third party's response to the WebSocket handshake is wrong.",
  "Ask the third party.",
);
export const clientStalled = failure(
  "client-stalled",
  504,
  "http_request_error",
  "The client stopped reading the response.",
  "`timeouts.idle` of the upstream is the limit.",
);
export const tooOld = failure(
  "too-old",
  504,
  "http_response_timeout",
  "The WebSocket connection reached its maximum age.",
  "Connect again; `websockets.maxAge` of the upstream is the limit.",
);
