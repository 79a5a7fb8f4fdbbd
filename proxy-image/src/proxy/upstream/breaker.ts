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
  /** When it opened last. */
  private openedAt = -Infinity;

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

  /**
   * Every admitted request reports once. Since the breaker opened, probes alone are admitted: a request that began before
   * tells nothing of how the third party is now, and must not let a second probe through.
   *
   * @param startedAt when the request came, on `performance.now()`'s clock
   */
  report(outcome: Outcome, startedAt: number): void {
    if (startedAt < this.openedAt) return;
    this.probing = false;
    if (outcome === "success") this.failures = 0;
    else if (outcome === "failure" && ++this.failures >= this.settings.failures) {
      this.openedAt = performance.now();
      this.openUntil = this.openedAt + this.settings.reset;
    }
  }
}
