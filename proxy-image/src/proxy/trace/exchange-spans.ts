import {
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { TraceState } from "@opentelemetry/core";
import type { Failure } from "../errors/failures";
import type { Exchange } from "../exchange/exchange";
import type { ExchangeTrace } from "../exchange/parts";
import { ownCopy } from "../message/own-copy";
import { type TraceParent, traceparentOf, tracestateOf } from "../message/trace-context";
import type { ConnectPhases } from "../message/upstream-stream";
import type { MatchedRule } from "../authorise/rules";
import { clientAttributes, serverAttributes, spanName } from "./attributes";

/** Characters of a status' message. */
const MOST_MESSAGE = 256;

/** The span of the client's request, and one for each request to the third party. */
export class ExchangeSpans implements ExchangeTrace {
  readonly traceId: string;
  readonly spanId: string;
  private readonly server: Span;
  private client: Span | undefined;
  private attemptedAt = 0;
  /** Requests to the third party before this one. */
  private resends = 0;
  /** Status of the third party's response. */
  private status = 0;
  /** From the exchanges' clock to milliseconds since 1970, once, so that all spans of a request agree. */
  private readonly epoch = Date.now() - performance.now();

  /**
   * @param parent of the client; undefined: the request begins a trace
   * @param ruleOf the rule that admits the exchange
   */
  constructor(
    private readonly tracer: Tracer,
    private readonly exchange: Exchange,
    parent: TraceParent | undefined,
    private readonly ruleOf: (exchange: Exchange) => MatchedRule | undefined,
  ) {
    const { head, startedAt } = exchange;
    this.server = tracer.startSpan(
      spanName(head.method, undefined),
      { kind: SpanKind.SERVER, startTime: this.time(startedAt) },
      parent ? contextOf(parent, head.fields) : ROOT_CONTEXT,
    );
    ({ traceId: this.traceId, spanId: this.spanId } = this.server.spanContext());
  }

  attempt(at: number): void {
    this.attemptedAt = at;
    const { tracer, server, exchange } = this;
    this.client = tracer.startSpan(
      spanName(exchange.head.method, undefined),
      { kind: SpanKind.CLIENT, startTime: this.time(at) },
      trace.setSpan(ROOT_CONTEXT, server),
    );
  }

  inject(fields: readonly string[]): readonly string[] {
    if (!this.exchange.destination?.route.upstream.propagateTrace) return fields;
    const { traceId, spanId, traceState } = this.client!.spanContext();
    const state = traceState?.serialize();
    return [
      ...fields,
      "traceparent",
      traceparentOf({ traceId, spanId, sampled: true }),
      ...(state ? ["tracestate", state] : []),
    ];
  }

  connected(phases: ConnectPhases | undefined): void {
    if (!phases) return;
    const { resolved: dns, connected: connect, secured: tls } = phases;
    for (const [name, at] of Object.entries({ dns, connect, tls })) {
      // A connection may have been begun for another request, which then took one that was free.
      if (at >= this.attemptedAt) this.client!.addEvent(name, undefined, this.time(at));
    }
  }

  responded(status: number, at: number): void {
    this.status = status;
    this.client?.addEvent("first_byte", undefined, this.time(at));
  }

  retry(failure: Failure, at: number): void {
    this.endClient(this.ruleOf(this.exchange), failure, at);
    this.resends++;
    this.attempt(at);
  }

  end(at: number): void {
    const { exchange, server } = this;
    const { failure, reason, status } = exchange;
    const rule = exchange.destination && this.ruleOf(exchange);
    this.endClient(rule, failure, at);
    server.updateName(spanName(exchange.head.method, rule));
    server.setAttributes(serverAttributes(exchange, rule));
    // A client's own error is none of the server's (semantic conventions for HTTP spans, "Status").
    if (status >= 500 || (failure && status === 0)) {
      server.setStatus({
        code: SpanStatusCode.ERROR,
        message: (reason ?? failure?.title)?.slice(0, MOST_MESSAGE),
      });
    }
    server.end(this.time(at));
  }

  private endClient(rule: MatchedRule | undefined, failure: Failure | undefined, at: number): void {
    const { client, exchange, status, resends } = this;
    if (!client) return;
    this.client = undefined;
    client.updateName(spanName(exchange.head.method, rule));
    client.setAttributes(clientAttributes(exchange, rule, { status, failure, resends }));
    if (failure || status >= 400) client.setStatus({ code: SpanStatusCode.ERROR, message: failure?.title });
    client.end(this.time(at));
  }

  private time(at: number): number {
    return this.epoch + at;
  }
}

/** The client's context; its `tracestate` is read by the SDK, which drops what is malformed. */
function contextOf({ traceId, spanId }: TraceParent, fields: readonly string[]) {
  const state = tracestateOf(fields);
  return trace.setSpanContext(ROOT_CONTEXT, {
    // Copies: spans wait for their export, and an exemplar stays for good.
    traceId: ownCopy(traceId),
    spanId: ownCopy(spanId),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
    ...(state !== undefined && { traceState: new TraceState(ownCopy(state)) }),
  });
}
