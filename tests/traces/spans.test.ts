import assert from "node:assert/strict";
import { describe, it } from "node:test";
import v8 from "node:v8";
import vm from "node:vm";
import { AlwaysOnSampler, type ReadableSpan, TracerProvider } from "@opentelemetry/sdk-trace";
import { identityReader } from "../../proxy-image/src/proxy/authorise/client-identity";
import { Exchange } from "../../proxy-image/src/proxy/exchange/exchange";
import { parseRequestHead } from "../../proxy-image/src/proxy/http1/client/parse-request-head";
import type { Log } from "../../proxy-image/src/proxy/log";
import type { RequestHead } from "../../proxy-image/src/proxy/message/request-head";
import { parseTraceparent } from "../../proxy-image/src/proxy/message/trace-context";
import { ExchangeSpans } from "../../proxy-image/src/proxy/trace/exchange-spans";
import { createReport } from "../../proxy-image/src/proxy/trace/report";

const SUFFIX = "serviceaccount.identity.linkerd.cluster.local";
const COUNT = 500;
/** Bytes of one head; that of the proxy is at most `limits.headerBytes`. */
const HEAD_BYTES = 30_000;

v8.setFlagsFromString("--expose-gc");
const collectGarbage = vm.runInNewContext("gc") as () => void;

/** As the proxy reads it: one text, of which all parts are substrings. */
function headOf(at: number): RequestHead {
  const trace = String(at).padStart(32, "a");
  const text = [
    `GET /v1/charges/${1_000_000_000 + at} HTTP/1.1`,
    "Host: unlisted.example.com.egress.local",
    `traceparent: 00-${trace}-b7ad6b7169203331-01`,
    `l5d-client-id: web-number-${at}.shop.${SUFFIX}`,
    `cookie: ${"x".repeat(HEAD_BYTES)}`,
    "",
  ].join("\r\n");
  const head = parseRequestHead(Buffer.from(text).toString("latin1"));
  assert.ok("target" in head);
  return head;
}

/** Bytes of heap that stay of `COUNT` requests. */
function keptOf(keep: (head: RequestHead) => unknown): number {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: COUNT }, (_, at) => keep(headOf(at)));
  collectGarbage();
  const grown = process.memoryUsage().heapUsed - before;
  assert.equal(kept.length, COUNT);
  return grown;
}

function tracer(ended: ReadableSpan[]) {
  const nothing = () => Promise.resolve();
  const processor = {
    onStart: () => undefined,
    onEnd: (span: ReadableSpan) => void ended.push(span),
    shutdown: nothing,
    forceFlush: nothing,
  };
  return new TracerProvider({ sampler: new AlwaysOnSampler(), spanProcessors: [processor] }).getTracer(
    "test",
  );
}

const spansOf = (ended: ReadableSpan[], head: RequestHead): ExchangeSpans =>
  new ExchangeSpans(
    tracer(ended),
    new Exchange(head, {} as never, {} as never),
    parseTraceparent(head.traceparent),
    () => undefined,
  );

describe("what outlives a request does not keep its head in memory", () => {
  const LIMIT = (COUNT * HEAD_BYTES) / 3;

  it("spans that wait for their export", () => {
    const ended: ReadableSpan[] = [];
    const kept = keptOf((head) => spansOf(ended, head).end(performance.now()));
    assert.equal(ended.length, COUNT);
    assert.ok(kept < LIMIT, `${kept} bytes`);
  });

  it("the ids of exemplars", () => {
    const kept = keptOf((head) => {
      const { traceId, spanId } = spansOf([], head);
      return { traceId, spanId };
    });
    assert.ok(kept < LIMIT, `${kept} bytes`);
  });

  it("identities of clients", () => {
    const read = identityReader(SUFFIX);
    const kept = keptOf(({ fields }) => read(fields));
    assert.ok(kept < LIMIT, `${kept} bytes`);
  });
});

it("a connection that was begun for another request leaves no events before the span", () => {
  const ended: ReadableSpan[] = [];
  const spans = spansOf(ended, headOf(1));
  const now = performance.now();
  spans.attempt(now);
  spans.connected({ resolved: now - 9_000, connected: now - 8_000, secured: now + 1 });
  spans.end(now + 2);
  const client = ended.find(({ events }) => events.length > 0);
  assert.deepEqual(
    client?.events.map(({ name }) => name),
    ["tls"],
  );
});

it("the log has the cause of failed exports though the queue is full too", () => {
  const lines: object[] = [];
  const report = createReport({ warn: (line: object) => void lines.push(line) } as unknown as Log);
  for (let count = 0; count < 3; count++) report("queue_full", undefined);
  report("export_failed", new Error("connect ECONNREFUSED"));
  assert.deepEqual(lines, [
    { reason: "queue_full" },
    { reason: "export_failed", cause: "connect ECONNREFUSED" },
  ]);
});
