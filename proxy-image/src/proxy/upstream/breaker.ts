import type { PolicyCircuitBreaker } from "../../contract/policy/policy";

/** How a request to a third party went. Ignored: it tells nothing, because the client left. */
export type Outcome = "success" | "failure" | "ignored";

/** States, as the metric shows them. */
export type BreakerState = "closed" | "half-open" | "open";

/** Leaves a third party alone that fails again and again, and finds out by single requests when it is back. */
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
    // One finds out for all.
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
