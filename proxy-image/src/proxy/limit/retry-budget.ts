import type { PolicyRetries } from "../../contract/policy/policy";

/** Retries that can be saved up. */
const MOST = 100;
/** Without traffic one retry every ten seconds is still given: a single client should have its own. */
const PER_MILLISECOND = 1 / 10_000;

/** Bounds retries to a share of the requests, so that an outage is not made worse by them. */
export class RetryBudget {
  private tokens = 1;
  private at = performance.now();

  constructor(private readonly settings: PolicyRetries) {}

  /** A request has begun. */
  earn(): void {
    this.tokens = Math.min(MOST, this.tokens + this.settings.budgetPercent / 100);
  }

  /** Whether one more retry is within the budget. */
  take(now = performance.now()): boolean {
    this.tokens = Math.min(MOST, this.tokens + (now - this.at) * PER_MILLISECOND);
    this.at = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
