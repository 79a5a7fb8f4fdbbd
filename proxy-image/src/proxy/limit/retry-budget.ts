import type { PolicyRetries } from "../../contract/policy/policy";

/** Retries that can be saved up. */
const MOST = 100;
/** Without traffic, one retry every ten seconds is still granted, so that a single client can retry. */
const PER_MILLISECOND = 1 / 10_000;

/** Bounds retries to a share of the requests, so that retries don't make an outage worse. */
export class RetryBudget {
  private tokens = 1;
  private at = performance.now();

  constructor(private readonly settings: PolicyRetries) {}

  /** A request has begun. */
  earn(): void {
    this.tokens = Math.min(MOST, this.tokens + this.settings.budgetPercent / 100);
  }

  /** Takes one retry. @returns whether the budget allowed it */
  take(now = performance.now()): boolean {
    this.tokens = Math.min(MOST, this.tokens + (now - this.at) * PER_MILLISECOND);
    this.at = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
