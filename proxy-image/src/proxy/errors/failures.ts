import { failure } from "./failure";

// Every failure, by what it is about: one import for all who end a request with one.

export { type Failure, FailureError } from "./failure";
export * from "./denied";
export * from "./limited";
export * from "./rejected";
export * from "./response";
export * from "./unreachable";

/** A mistake of ours. */
export const internalError = failure(
  "internal-error",
  500,
  "proxy_internal_error",
  "The proxy failed.",
  "Look at the proxy's log, and report it.",
);
