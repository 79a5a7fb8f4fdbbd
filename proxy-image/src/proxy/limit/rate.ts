import type { PolicyRateLimit } from "../../contract/policy/policy";

/** A token bucket: full at first, refilled evenly. */
export class RateLimit {
  private tokens: number;
  private at = performance.now();
  private readonly perMillisecond: number;

  constructor(private readonly settings: PolicyRateLimit) {
    this.tokens = settings.burst;
    this.perMillisecond = settings.requests / settings.period;
  }

  /** @returns milliseconds to wait, 0 for a request that may go ahead */
  take(now = performance.now()): number {
    this.tokens = Math.min(this.settings.burst, this.tokens + (now - this.at) * this.perMillisecond);
    this.at = now;
    if (this.tokens < 1) return (1 - this.tokens) / this.perMillisecond;
    this.tokens--;
    return 0;
  }
}
