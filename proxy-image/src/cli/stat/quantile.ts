/** Cumulative counts of a histogram, by upper bound. */
export type Buckets = ReadonlyMap<number, number>;

/**
 * A quantile of a histogram, as Prometheus' `histogram_quantile` has it: linear within its bucket; beyond the last
 * bound, that bound.
 *
 * @returns undefined if nothing was observed
 */
export function quantile(buckets: Buckets, share: number): number | undefined {
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const total = sorted.at(-1)?.[1] ?? 0;
  if (total <= 0) return undefined;
  const rank = share * total;
  let [lower, below] = [0, 0];
  for (const [bound, count] of sorted) {
    if (count >= rank && count > below) {
      return bound === Infinity ? lower : lower + (bound - lower) * ((rank - below) / (count - below));
    }
    [lower, below] = [bound, count];
  }
  return lower;
}

/** A quantile of values themselves, by nearest rank. */
export function quantileOf(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
