import type { MetricDefinition } from "../../proxy-image/src/contract/metrics/metrics";

/** Labels that Prometheus adds to each target's series. */
type TargetLabel = "job" | "namespace" | "pod" | "instance";

/**
 * A PromQL selector for a metric of ours. A label that the metric doesn't have is an error of the compiler.
 *
 * @param matchers by label: a value, or an operator and a value (`!~"a|b"`)
 */
export function series<M extends MetricDefinition>(
  metric: M,
  matchers: { [label in M["labelNames"][number] | TargetLabel]?: string } = {},
): string {
  return foreign(metric.name, matchers);
}

/** A bucket of a histogram of ours. */
export function buckets<M extends MetricDefinition>(
  metric: M,
  matchers: { [label in M["labelNames"][number] | TargetLabel]?: string } = {},
): string {
  return foreign(`${metric.name}_bucket`, matchers);
}

/** A selector for a metric of another program: Node's, CoreDNS's, Prometheus' own. */
export function foreign(name: string, matchers: { [label: string]: string | undefined } = {}): string {
  const texts = Object.entries(matchers).map(
    ([label, value = ""]) => label + (/^[!=]/.test(value) ? value : `=${JSON.stringify(value)}`),
  );
  return texts.length === 0 ? name : `${name}{${texts.join(",")}}`;
}
