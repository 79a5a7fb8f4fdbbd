import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { AlwaysOnSampler, TracerProvider } from "@opentelemetry/sdk-trace";
import {
  ATTR_K8S_NAMESPACE_NAME,
  ATTR_K8S_POD_NAME,
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
} from "@opentelemetry/semantic-conventions";
import type { PolicyTracing } from "../../contract/policy/policy";
import { compileRuleFinder } from "../authorise/rules";
import type { Exchange } from "../exchange/exchange";
import type { Log } from "../log";
import { parseTraceparent } from "../message/trace-context";
import type { Traces } from "../observe/observer";
import { PerRoute } from "../route/per-route";
import type { Credentials } from "../upstream/credentials";
import { type ExportObserver, createProcessor } from "./export";
import { ExchangeSpans } from "./exchange-spans";
import { createReport } from "./report";
import { Sampling } from "./sampling";

/** Milliseconds for the last spans at the process's end; the pod's grace period has room for them. */
const FLUSH_LIMIT = 2_000;
/** Characters of an attribute: more than the longest host or path that is shown. */
const MOST_VALUE = 1_024;

/** What traces need of the rest of the proxy. */
export interface TracingOptions {
  readonly tracing: PolicyTracing;
  /** Namespace of the pods. */
  readonly namespace: string;
  readonly credentials: Credentials;
  readonly log: Log;
  readonly observer: Pick<ExportObserver, "exported" | "dropped">;
}

/** Traces of exchanges, until they are shut down. */
export interface Tracing extends Traces {
  /** Exports what waits, for two seconds at most. */
  shutdown(): Promise<void>;
}

/**
 * Traces by OpenTelemetry's SDK. This file and what it imports are a program text of their own, loaded only where the
 * policy has `tracing`.
 */
export function createTracing({ tracing, namespace, credentials, log, observer }: TracingOptions): Tracing {
  const report = createReport(log);
  const headers = Object.entries(tracing.headers ?? {});
  const provider = new TracerProvider({
    spanLimits: { attributeValueLengthLimit: MOST_VALUE },
    // Sampling is decided before a span is made.
    sampler: new AlwaysOnSampler(),
    resource: resourceFromAttributes({
      [ATTR_SERVICE_NAME]: "egress-proxy",
      [ATTR_SERVICE_NAMESPACE]: namespace,
      [ATTR_SERVICE_INSTANCE_ID]: hostname(),
      [ATTR_K8S_NAMESPACE_NAME]: namespace,
      [ATTR_K8S_POD_NAME]: hostname(),
    }),
    spanProcessors: [
      createProcessor(
        {
          endpoint: tracing.endpoint,
          headers: () =>
            Object.fromEntries(
              headers.map(([name, { credential, prefix }]) => [name, prefix + credentials.get(credential)]),
            ),
        },
        {
          exported: (spans) => observer.exported(spans),
          dropped(reason, spans, error) {
            observer.dropped(reason, spans);
            report(reason, error);
          },
        },
      ),
    ],
  });
  const tracer = provider.getTracer("k8s-egress");
  const sampling = new Sampling(tracing.sampleRatio, tracing.clientSampledPerSecond);
  const finders = new PerRoute(({ upstream }) => compileRuleFinder(upstream));
  const ruleOf = ({ destination, client, head }: Exchange) =>
    finders.of(destination!.route)(client, {
      method: head.method,
      target: head.target,
      rawHeaders: head.fields,
    });
  return {
    begin(exchange) {
      const parent = parseTraceparent(exchange.head.traceparent);
      if (!sampling.samples(parent, exchange.startedAt)) return undefined;
      return new ExchangeSpans(tracer, exchange, parent, ruleOf);
    },
    shutdown: () =>
      Promise.race([
        provider.shutdown().catch(() => undefined),
        sleep(FLUSH_LIMIT, undefined, { ref: false }),
      ]),
  };
}
