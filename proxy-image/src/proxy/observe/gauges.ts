import { Gauge, type Registry } from "prom-client";
import { PROXY_METRICS } from "../../contract/metrics/metrics";
import type { PolicyUpstream } from "../../contract/policy/policy";
import type { BreakerState } from "../upstream/breaker";
import type { Exchanges } from "./exchanges";

/** Values that are read when metrics are requested. */
export interface Gauges {
  readonly exchanges: () => Exchanges;
  readonly breakers: () => Iterable<[entry: string, state: BreakerState]>;
  /** Of the policy, by entry. */
  readonly upstreams: Readonly<Record<string, PolicyUpstream>>;
}

/** Registers the metrics that cost nothing between two requests for metrics. */
export function createGauges(registry: Registry, { exchanges, breakers, upstreams }: Gauges): void {
  const registers = [registry];
  new Gauge({
    ...PROXY_METRICS.activeRequests,
    registers,
    collect() {
      this.set(exchanges().size);
    },
  });
  new Gauge({
    ...PROXY_METRICS.upstreamActiveRequests,
    registers,
    collect() {
      for (const upstream of Object.keys(upstreams)) this.set({ upstream }, 0);
      for (const { slot, destination } of exchanges()) {
        if (slot && destination) this.inc({ upstream: destination.route.entry });
      }
    },
  });
  new Gauge({
    ...PROXY_METRICS.breakerOpen,
    registers,
    collect() {
      for (const [upstream, state] of breakers()) {
        this.set({ upstream }, state === "open" ? 1 : state === "half-open" ? 0.5 : 0);
      }
    },
  });
  const limit = new Gauge({ ...PROXY_METRICS.upstreamRequestLimit, registers });
  const budget = new Gauge({ ...PROXY_METRICS.retryBudget, registers });
  for (const [upstream, { maxRequests, retries }] of Object.entries(upstreams)) {
    if (maxRequests !== undefined) limit.set({ upstream }, maxRequests);
    if (retries) budget.set({ upstream }, retries.budgetPercent / 100);
  }
  const memory = memoryLimit();
  if (memory !== undefined) new Gauge({ ...PROXY_METRICS.memoryLimit, registers }).set(memory);
}

/** @returns undefined without a limit: Node then has 0, or a number beyond all memory */
function memoryLimit(): number | undefined {
  const bytes = process.constrainedMemory();
  return bytes > 0 && bytes < Number.MAX_SAFE_INTEGER ? bytes : undefined;
}
