import type { PolicyCircuitBreaker } from "../../contract/policy/policy";

/** Outcome of a request to a third party. Ignored: it shows nothing, because the client left. */
export type Outcome = "success" | "failure" | "ignored";

/** States, as in the metric. */
export type BreakerState = "closed" | "half-open" | "open";

/**
 * Circuit breaker: stops requests to a third party that fails repeatedly, and probes with single requests whether it
 * works again.
 */
export class Breaker {
  private failures = 0;
  private openUntil = 0;
  private probing = false;

  constructor(private readonly settings: PolicyCircuitBreaker) {}

  get state(): BreakerState {
    if (this.failures < this.settings.failures) return "closed";
    return performance.now() < this.openUntil ? "open" : "half-open";
  }

  /** @returns milliseconds to wait, 0 for a request that may go ahead */
  admit(): number {
    if (this.failures < this.settings.failures) return 0;
    const wait = this.openUntil - performance.now();
    if (wait > 0) return wait;
    // One probe at a time.
    if (this.probing) return this.settings.reset;
    this.probing = true;
    return 0;
  }

  /** Every admitted request reports once. */
  report(outcome: Outcome): void {
    this.probing = false;
    if (outcome === "success") this.failures = 0;
    else if (outcome === "failure" && ++this.failures >= this.settings.failures) {
      this.openUntil = performance.now() + this.settings.reset;
    }
  }
}
