import type { HeaderValue } from "./access";

/**
 * Traces of requests, by OpenTelemetry over OTLP/HTTP: a span for each request of a client, below the span that its
 * `traceparent` names, and one for each request to a third party. They have neither queries nor header fields.
 */
export interface Tracing {
  /**
   * Base URL of an OTLP/HTTP receiver, to which `/v1/traces` is added: a Service
   * (`http://otel-collector.observability.svc:4318`), an address, or a public host, which needs https. A NetworkPolicy
   * sees the pods' port, so a Service's port must be its pods' too.
   */
  endpoint: string;
  /** Share of the requests that are traced although no client asks for it, 0 to 1. Default: 0.1. */
  sampleRatio?: number;
  /**
   * Requests a second, in each pod, that are traced because the sampled flag of their `traceparent` asks for it; for
   * those beyond, `sampleRatio` decides. A request whose flag says no is not traced. 0: no client is heeded, and
   * `sampleRatio` decides for all. Default: 100.
   */
  clientSampledPerSecond?: number;
  /** Header fields of the requests to the receiver, such as its key, by name in lower case. Default: none. */
  headers?: { [name: string]: HeaderValue };
  /**
   * Ranges in CIDR notation in which the receiver's addresses are: for a host of `endpoint` that is neither a Service nor
   * public. Needs `networkPolicies`. Default: what `endpoint` says.
   */
  cidrs?: string[];
}
