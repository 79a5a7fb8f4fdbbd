import type { Values } from "./exposition";

/**
 * How much counters grew between two scrapes of one process. One that became smaller began anew with its process
 * (Prometheus' `increase`); one that is new began at 0.
 */
export function increase(before: Values, after: Values): Values {
  return new Map(
    [...after].map(([series, value]) => {
      const earlier = before.get(series) ?? 0;
      return [series, value < earlier ? value : value - earlier];
    }),
  );
}

/** Adds the values of several processes. */
export function sum(all: readonly Values[]): Values {
  const total = new Map<string, number>();
  for (const values of all) {
    for (const [series, value] of values) total.set(series, (total.get(series) ?? 0) + value);
  }
  return total;
}

/** Multiplies each value. */
export function scaled(values: Values, factor: number): Values {
  return factor === 1 ? values : new Map([...values].map(([series, value]) => [series, value * factor]));
}
