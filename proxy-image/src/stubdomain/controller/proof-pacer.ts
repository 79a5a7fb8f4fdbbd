import type { ProofPacer } from "./world";

/**
 * Makes a proof due some time after the last one.
 *
 * @param pauseMs between proofs that succeed
 * @param now milliseconds; only differences matter
 */
export function proofPacer(pauseMs: number, now: () => number): ProofPacer {
  let last: number | undefined;
  return {
    isDue: () => last === undefined || now() - last >= pauseMs,
    served: () => {
      last = now();
    },
    reset: () => {
      last = undefined;
    },
  };
}
