import type { Metric, Registry } from "prom-client";

/**
 * Counters kept as plain numbers by their owners: prom-client hashes labels on each observation, which cost more than
 * all stages of a request. prom-client still formats the exposition.
 */

/** Seconds; the buckets of OpenTelemetry's HTTP conventions. */
export const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** A count that only grows. */
export interface Count {
  value: number;
}

/** Labels of a series. */
export type Labels = Readonly<Record<string, string>>;

interface Described {
  readonly name: string;
  readonly help: string;
}

interface Value {
  readonly metricName?: string;
  readonly labels: Record<string, string | number>;
  readonly value: number;
  readonly exemplar?: Exemplar;
}

/** A counter metric. */
export class Counts {
  private readonly all: { labels: Labels; count: Count }[] = [];

  constructor(registry: Registry, described: Described) {
    register(registry, described, "counter", () =>
      this.all.map(({ labels, count }) => ({ labels, value: count.value })),
    );
  }

  /** Creates a series. The caller keeps it. */
  series(labels: Labels): Count {
    const count = { value: 0 };
    this.all.push({ labels, count });
    return count;
  }
}

/** A trace, as an exemplar names it. */
export interface Traced {
  readonly traceId: string;
  readonly spanId: string;
}

/** prom-client's form of OpenMetrics' exemplar. */
interface Exemplar {
  readonly labelSet: { readonly trace_id: string; readonly span_id: string };
  readonly value: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

function exemplarOf({ traceId, spanId }: Traced, value: number): Exemplar {
  return { labelSet: { trace_id: traceId, span_id: spanId }, value, timestamp: Date.now() / 1_000 };
}

/** One series of a histogram. */
export class Durations {
  readonly counts: Float64Array;
  sum = 0;
  /** The last traced request of each bucket. */
  exemplars: Exemplar[] | undefined;

  /** @param buckets upper bounds in seconds, ascending */
  constructor(private readonly buckets: readonly number[]) {
    this.counts = new Float64Array(buckets.length + 1);
  }

  /** @param trace of the request, if it is traced: it becomes its bucket's exemplar */
  observe(seconds: number, trace?: Traced): void {
    this.sum += seconds;
    const { buckets } = this;
    let bucket = 0;
    while (bucket < buckets.length && seconds > buckets[bucket]!) bucket++;
    this.counts[bucket]!++;
    if (trace !== undefined) (this.exemplars ??= [])[bucket] = exemplarOf(trace, seconds);
  }
}

/** A histogram metric. */
export class Histograms {
  private readonly all: { labels: Labels; durations: Durations }[] = [];

  constructor(
    registry: Registry,
    private readonly described: Described,
    private readonly buckets: readonly number[],
  ) {
    register(registry, described, "histogram", () => this.all.flatMap((one) => this.values(one)));
  }

  /** Creates a series. The caller keeps it. */
  series(labels: Labels): Durations {
    const durations = new Durations(this.buckets);
    this.all.push({ labels, durations });
    return durations;
  }

  /** In the exposition each bucket includes those below it. */
  private values({ labels, durations }: { labels: Labels; durations: Durations }): Value[] {
    const { name } = this.described;
    const bounds: (number | string)[] = [...this.buckets, "+Inf"];
    let total = 0;
    const buckets = bounds.map((le, index): Value => {
      total += durations.counts[index]!;
      const exemplar = durations.exemplars?.[index];
      return {
        metricName: `${name}_bucket`,
        labels: { le, ...labels },
        value: total,
        ...(exemplar && { exemplar }),
      };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: durations.sum },
      { metricName: `${name}_count`, labels, value: total },
    ];
  }
}

/** Registers a metric with the parts that the registry needs. */
function register(
  registry: Registry,
  { name, help }: Described,
  type: "counter" | "histogram",
  values: () => Value[],
): void {
  const metric = {
    name,
    help,
    get: () => Promise.resolve({ name, help, type, aggregator: "sum", values: values() }),
    reset: () => undefined,
  };
  registry.registerMetric(metric as unknown as Metric);
}
