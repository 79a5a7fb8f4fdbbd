import http from "node:http";
import https from "node:https";
import { ExportResultCode } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type Span,
  type SpanExporter,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace";
import type { Context } from "@opentelemetry/api";

/** Spans that wait for their export: some megabytes. */
const MOST_WAITING = 2_048;
/** Spans of one export: one takes about a millisecond of the event loop. */
const BATCH = 128;
/** Milliseconds until spans are exported that do not fill a batch. */
const DELAY = 1_000;
/** Milliseconds for an export with all of its attempts. */
const EXPORT_LIMIT = 10_000;
/** Connections to the collector. */
const MOST_CONNECTIONS = 2;

/** Receives what becomes of spans. */
export interface ExportObserver {
  exported(spans: number): void;
  dropped(reason: "queue_full" | "export_failed", spans: number, error?: Error): void;
}

/** Where spans are sent. */
export interface Collector {
  readonly endpoint: string;
  /** Fields of its requests, at this time. */
  readonly headers: () => Record<string, string>;
}

/**
 * The SDK's batch processor with the OTLP exporter, and counts of what is lost. A collector that is slow, dead or
 * hostile costs a bounded queue: it reads nothing but a short response, and its connections end with the export's limit.
 */
export function createProcessor({ endpoint, headers }: Collector, observer: ExportObserver): SpanProcessor {
  const options = { keepAlive: true, maxSockets: MOST_CONNECTIONS };
  const agent = endpoint.startsWith("https:") ? new https.Agent(options) : new http.Agent(options);
  const exporter = new OTLPTraceExporter({
    url: `${endpoint}/v1/traces`,
    headers: () => Promise.resolve(headers()),
    timeoutMillis: EXPORT_LIMIT,
    // At shutdown all batches are handed over at once.
    concurrencyLimit: MOST_WAITING / BATCH + 1,
    httpAgentOptions: () => agent,
  });
  return new CountingProcessor(exporter, agent, observer);
}

class CountingProcessor implements SpanProcessor, SpanExporter {
  private waiting = 0;
  private ending = false;
  private readonly batches: BatchSpanProcessor;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly agent: http.Agent,
    private readonly observer: ExportObserver,
  ) {
    this.batches = new BatchSpanProcessor({
      exporter: this,
      maxQueueSize: MOST_WAITING,
      maxExportBatchSize: BATCH,
      scheduledDelayMillis: DELAY,
      // Longer than the exporter's, so that an export is over before the next begins.
      exportTimeoutMillis: 2 * EXPORT_LIMIT,
    });
  }

  onStart(span: Span, context: Context): void {
    this.batches.onStart(span, context);
  }

  /** The batch processor drops silently what its queue does not take, so nothing is handed to it then. */
  onEnd(span: ReadableSpan): void {
    if (this.waiting >= MOST_WAITING) {
      this.observer.dropped("queue_full", 1);
      return;
    }
    this.waiting++;
    this.batches.onEnd(span);
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter["export"]>[1]): void {
    this.waiting -= spans.length;
    // The exporter's own limit is for silence: a collector that sends a byte now and then would never reach it.
    const timer = setTimeout(() => this.agent.destroy(), EXPORT_LIMIT).unref();
    this.exporter.export(spans, (result) => {
      clearTimeout(timer);
      if (result.code === ExportResultCode.SUCCESS) this.observer.exported(spans.length);
      else this.observer.dropped("export_failed", spans.length, result.error);
      done(result);
    });
  }

  /** Called by the batch processor at its end, as its exporter's; and by the provider. */
  async shutdown(): Promise<void> {
    if (this.ending) return this.exporter.shutdown();
    this.ending = true;
    await this.batches.shutdown();
    this.agent.destroy();
  }

  forceFlush(): Promise<void> {
    return this.batches.forceFlush();
  }
}
