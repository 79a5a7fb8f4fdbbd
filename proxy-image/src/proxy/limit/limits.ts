import type { Route } from "../route/route";
import { InFlight } from "./in-flight";
import { RateLimit } from "./rate";
import { RetryBudget } from "./retry-budget";

/** The limits of one route in this process. */
export class Limits {
  readonly inFlight: InFlight;
  readonly rate: RateLimit | undefined;
  readonly retryBudget: RetryBudget | undefined;

  constructor({ upstream }: Route) {
    const { rateLimit, retries } = upstream;
    this.inFlight = new InFlight(upstream);
    this.rate = rateLimit && new RateLimit(rateLimit);
    this.retryBudget = retries && new RetryBudget(retries);
  }
}
