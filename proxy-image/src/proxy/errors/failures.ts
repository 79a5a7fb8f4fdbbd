import { failure } from "./failure";

// All failures, one file per kind: one import for the code that ends requests with a failure.

export { type Failure, FailureError } from "./failure";
export * from "./denied";
export * from "./limited";
export * from "./rejected";
export * from "./response";
export * from "./unreachable";

/** A defect of this proxy. */
export const internalError = failure(
  "internal-error",
  500,
  "proxy_internal_error",
  "The proxy failed.",
  "Look at the proxy's log, and report it.",
);
