import { isNamespaceName } from "../../contract/names/names";
import { isPublicName } from "../../contract/names/public-name";
import { isRecord } from "../../contract/policy/schema";

/** Connections or requests that Linkerd's metrics count, of one namespace to one host. */
export interface MetricSample {
  readonly host: string;
  readonly namespace: string;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** The series of a response of Prometheus that can be listed, and the number of the others. */
export interface MetricSamples {
  readonly samples: MetricSample[];
  /** Without a valid namespace and host name, such as connections to an address. */
  readonly unnamed: number;
}

/**
 * Reads the response of Prometheus' API to an instant query (`/api/v1/query`). Every text has been validated, so it can
 * be written into a list of upstreams.
 *
 * @returns undefined if the text is no such response
 */
export function metricSamples(text: string): MetricSamples | undefined {
  const response = parse(text);
  const data = isRecord(response) && response.status === "success" ? response.data : undefined;
  if (!isRecord(data) || data.resultType !== "vector" || !Array.isArray(data.result)) return undefined;
  const series = data.result as unknown[];
  const samples = series.map(sampleOf).filter((sample) => sample !== undefined);
  return { samples: samples.filter(({ count }) => count > 0), unnamed: series.length - samples.length };
}

function sampleOf(series: unknown): MetricSample | undefined {
  if (!isRecord(series) || !isRecord(series.metric) || !Array.isArray(series.value)) return undefined;
  const { namespace, hostname } = series.metric;
  const [seconds, text] = series.value as unknown[];
  const host = typeof hostname === "string" ? hostname.toLowerCase() : "";
  // `increase` extrapolates, so its values are no integers.
  const count = Math.ceil(Number(text));
  const isNamed = typeof namespace === "string" && isNamespaceName(namespace) && isPublicName(host);
  if (!isNamed || typeof seconds !== "number" || !Number.isFinite(count)) return undefined;
  return { host, namespace, count, time: seconds * 1_000 };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
