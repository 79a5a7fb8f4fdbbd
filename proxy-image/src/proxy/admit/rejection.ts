import type { Failure } from "../errors/failures";

/** Why a request is rejected. */
export interface Rejection {
  readonly failure: Failure;
  /** What is wrong with this request: one or more sentences without any header field's value. */
  readonly reason?: string;
}

export function reject(failure: Failure, reason?: string): Rejection {
  return reason === undefined ? { failure } : { failure, reason };
}
