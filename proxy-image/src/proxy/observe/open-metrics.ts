import { type Metric, type OpenMetricsContentType, Registry } from "prom-client";

/** The first type in an Accept field that a scrape may have in full; Prometheus names OpenMetrics first. */
const ASKS = /(?:^|,)\s*application\/openmetrics-text\s*;[^,]*version=1\.0\.0/i;

/** Whether a scrape asks for OpenMetrics, which alone has exemplars. */
export function asksForOpenMetrics(accept: string | undefined): boolean {
  return accept !== undefined && accept.length < 2_000 && ASKS.test(accept);
}

interface Value {
  readonly name: string;
  readonly type: string;
}

/**
 * The same metrics as OpenMetrics. The metrics themselves can't be in two registries: prom-client renames a counter once
 * it has written it as OpenMetrics, and then its name in the other format is wrong too.
 */
export function openMetricsOf(registry: Registry): Registry<OpenMetricsContentType> {
  const open = new Registry<OpenMetricsContentType>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of registry.getMetricsAsArray() as unknown as Source[]) {
    const get = async (): Promise<Value> => {
      const value = await metric.get();
      // OpenMetrics names a counter without the suffix, and each of its samples with it.
      return value.type === "counter" ? { ...value, name: value.name.replace(/_total$/, "") } : value;
    };
    const { name, help } = metric;
    open.registerMetric({ name, help, get, reset: () => undefined } as unknown as Metric);
  }
  return open;
}

interface Source {
  readonly name: string;
  readonly help: string;
  get(): Promise<Value>;
}
