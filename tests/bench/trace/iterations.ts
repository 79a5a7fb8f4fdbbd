import type { Callback, Recording } from "./recording";

/** One iteration of the event loop, without its wait. Times are milliseconds. */
export interface Iteration {
  readonly begin: number;
  readonly length: number;
  /** Processor time of its callbacks: the rest is other threads' and processes'. */
  readonly processor: number;
  /** Callbacks by kind: how many, and how long they took together. */
  readonly kinds: ReadonlyMap<string, { readonly count: number; readonly length: number }>;
  /** Garbage collection within it. */
  readonly collected: number;
  /** Functions that ran, by the share of the samples; most first. */
  readonly running: readonly (readonly [name: string, share: number])[];
}

/** All iterations, in their order. */
export function iterationsOf({ callbacks, samples, collections }: Recording): Iteration[] {
  const iterations: Iteration[] = [];
  let from = 0;
  let sample = 0;
  for (let to = 1; to <= callbacks.length; to++) {
    if (to < callbacks.length && callbacks[to]!.iteration === callbacks[from]!.iteration) continue;
    const calls = callbacks.slice(from, to);
    const begin = calls[0]!.begin;
    const end = calls.at(-1)!.end;
    while (sample < samples.length && samples[sample]!.at < begin) sample++;
    const first = sample;
    while (sample < samples.length && samples[sample]!.at <= end) sample++;
    iterations.push({
      begin,
      // Timers run before the loop waits, all else after it.
      length: end - begin - (calls.at(-1)!.waited - calls[0]!.waited),
      processor: calls.reduce((sum, call) => sum + call.processor, 0),
      kinds: kindsOf(calls),
      collected: overlap(collections, begin, end),
      running: mostOften(samples.slice(first, sample).map(({ running }) => running)),
    });
    from = to;
  }
  return iterations;
}

function kindsOf(calls: readonly Callback[]): Iteration["kinds"] {
  const kinds = new Map<string, { count: number; length: number }>();
  for (const { type, begin, end } of calls) {
    const kind = kinds.get(type) ?? { count: 0, length: 0 };
    kinds.set(type, { count: kind.count + 1, length: kind.length + end - begin });
  }
  return kinds;
}

function overlap(stretches: readonly { begin: number; end: number }[], begin: number, end: number): number {
  let length = 0;
  for (const one of stretches) length += Math.max(0, Math.min(one.end, end) - Math.max(one.begin, begin));
  return length;
}

function mostOften(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => [name, count / names.length]);
}
