import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, before, describe, it } from "node:test";
import type { PolicyTracing, PolicyUpstream } from "../../proxy-image/src/contract/policy/policy";
import { type Answer, type Ask, ask } from "../proxy/support/client";
import { handshake, switching } from "../proxy/support/handshake";
import { type World, clientField, startWorld, upstream } from "../proxy/support/world";
import {
  type ReceivedSpan,
  type Receiver,
  BUILD_TIMEOUT,
  receiverProgram,
  startReceiver,
  withoutGo,
} from "./support/receiver";

const HOST = "api.example.com";
const NAME = `${HOST}.egress.local`;
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const TRACEPARENT = `00-${TRACE}-${PARENT}-01`;
const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;

interface Scene {
  world: World;
  receiver: Receiver;
  /** Fields of the requests that the third party got. */
  fields: NodeJS.Dict<string | string[]>[];
  request: (options?: Partial<Ask>) => Promise<Answer>;
  /** All spans, once those of so many requests have come. */
  spans: (servers: number) => Promise<ReceivedSpan[]>;
}

async function scene(
  t: TestContext,
  changes: Partial<PolicyUpstream> = {},
  tracing: Partial<PolicyTracing> = {},
): Promise<Scene> {
  const receiver = await startReceiver();
  t.after(() => receiver[Symbol.asyncDispose]());
  const world = await startWorld(
    { [HOST]: upstream("api-example-com", changes) },
    { tracing: { endpoint: receiver.endpoint, sampleRatio: 1, clientSampledPerSecond: 100, ...tracing } },
  );
  t.after(() => world.close());
  const fields: Scene["fields"] = [];
  await world.internet.https([HOST], (req, res) => {
    fields.push(req.headers);
    res.writeHead(Number(req.headers["x-status"] ?? 200)).end("ok");
  });
  return {
    world,
    receiver,
    fields,
    request: (options = {}) =>
      ask({
        port: world.port,
        host: NAME,
        ...options,
        headers: { ...clientField("shop/web"), ...options.headers },
      }),
    async spans(servers) {
      const deadline = performance.now() + 5_000;
      const count = () => receiver.spans.filter(({ kind }) => kind === SERVER).length;
      while (count() < servers) {
        assert.ok(performance.now() < deadline, `${count()} of ${servers} spans came`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return receiver.spans;
    },
  };
}

const of = (spans: ReceivedSpan[], kind: number): ReceivedSpan => spans.find((span) => span.kind === kind)!;

describe("traces, at a real OTLP receiver", { skip: withoutGo, timeout: BUILD_TIMEOUT }, () => {
  before(receiverProgram, { timeout: BUILD_TIMEOUT });

  it("have a server span below the client's and a client span below it, with the conventions' attributes", async (t) => {
    const allow = [
      { methods: ["DELETE"] },
      { clients: [{ namespace: "shop" }], methods: ["POST"], paths: ["/v1/charges/*"] },
    ];
    const { request, spans, fields } = await scene(t, { allow });
    await request({
      method: "POST",
      path: "/v1/charges/42?key=secret",
      body: "x",
      headers: { traceparent: TRACEPARENT, tracestate: "vendor=1", authorization: "Bearer secret" },
    });
    const all = await spans(1);
    const server = of(all, SERVER);
    const client = of(all, CLIENT);
    assert.equal(server.traceId, TRACE);
    assert.equal(server.parentSpanId, PARENT);
    assert.equal(server.traceState, "vendor=1");
    assert.equal(client.traceId, TRACE);
    assert.equal(client.parentSpanId, server.spanId);
    assert.equal(server.name, "POST /v1/charges/*");
    assert.equal(client.name, "POST /v1/charges/*");
    assert.deepEqual(server.attributes, {
      "http.request.method": "POST",
      "url.scheme": "http",
      "url.path": "/v1/charges/42",
      "server.address": HOST,
      "network.protocol.version": "1.1",
      "http.route": "/v1/charges/*",
      "http.response.status_code": 200,
      "egress.upstream": HOST,
      "egress.client": "shop/web",
      "egress.rule": "allow[1]",
      "egress.retries": 0,
    });
    assert.deepEqual(client.attributes, {
      "http.request.method": "POST",
      "url.full": `https://${HOST}/v1/charges/42`,
      "url.template": "/v1/charges/*",
      "server.address": HOST,
      "server.port": 443,
      "egress.upstream": HOST,
      "http.response.status_code": 200,
    });
    assert.equal(JSON.stringify(all).includes("secret"), false);
    assert.equal(server.resource["service.name"], "egress-proxy");
    assert.equal(server.resource["service.namespace"], "egress");
    // Nothing of it leaves the cluster.
    assert.equal(fields[0]!.traceparent, undefined);
    assert.equal(fields[0]!.tracestate, undefined);
  });

  it("show how a connection was made, once, in order and within the request", async (t) => {
    const { request, spans } = await scene(t);
    await request();
    await request();
    const clients = (await spans(2)).filter(({ kind }) => kind === CLIENT);
    const [first, second] = clients as [ReceivedSpan, ReceivedSpan];
    assert.deepEqual(
      first.events?.map(({ name }) => name),
      ["dns", "connect", "tls", "first_byte"],
    );
    assert.deepEqual(
      second.events?.map(({ name }) => name),
      ["first_byte"],
    );
    const times = [
      first.startTimeUnixNano,
      ...first.events.map(({ timeUnixNano }) => timeUnixNano),
      first.endTimeUnixNano,
    ].map(BigInt);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    );
    const now = BigInt(Date.now()) * 1_000_000n;
    assert.ok(now - times[0]! < 60_000_000_000n && now >= times[0]!, `${times[0]!} is not now`);
  });

  it("are passed on where the upstream says so, with the client span as parent", async (t) => {
    const { request, spans, fields } = await scene(t, { propagateTrace: true });
    await request({ headers: { traceparent: TRACEPARENT, tracestate: "vendor=1", baggage: "user=42" } });
    const client = of(await spans(1), CLIENT);
    assert.equal(fields[0]!.traceparent, `00-${TRACE}-${client.spanId}-01`);
    assert.equal(fields[0]!.tracestate, "vendor=1");
    assert.equal(fields[0]!.baggage, undefined);
  });

  it("begin anew after a traceparent that is invalid or there twice", async (t) => {
    const { request, spans } = await scene(t);
    await request({ headers: { traceparent: `00-${"0".repeat(32)}-${PARENT}-01`, tracestate: "vendor=1" } });
    await request({ headers: { traceparent: [TRACEPARENT, TRACEPARENT] } });
    const servers = (await spans(2)).filter(({ kind }) => kind === SERVER);
    for (const server of servers) {
      assert.match(server.traceId, /^[0-9a-f]{32}$/);
      assert.notEqual(server.traceId, TRACE);
      assert.equal(server.parentSpanId ?? "", "");
      assert.equal(server.traceState ?? "", "");
    }
  });

  it("have a span for what is refused, and for what fails, with the reason", async (t) => {
    const { request, spans, world } = await scene(t, { allow: [{ methods: ["GET"] }] });
    await request({ method: "DELETE", path: "/x" });
    await request({ host: "unlisted.example.egress.local" });
    await request({ headers: { "x-status": "503" } });
    world.internet.names.set(HOST, ["93.184.216.200"]);
    await world.internet.close();
    await request();
    const all = await spans(4);
    const servers = all.filter(({ kind }) => kind === SERVER);
    const by = (error: string) => servers.find((span) => span.attributes["error.type"] === error)!;
    assert.equal(by("request-denied").attributes["http.response.status_code"], 403);
    assert.equal(by("request-denied").attributes["egress.failure"], "request-denied");
    assert.equal(by("request-denied").status.code, undefined);
    assert.equal(by("not-listed").attributes["server.address"], "unlisted.example.egress.local");
    assert.equal(by("503").status.code, ERROR);
    assert.equal(by("503").attributes["egress.failure"], undefined);
    const refused = servers.at(-1)!;
    assert.equal(refused.status.code, ERROR);
    assert.match(String(refused.attributes["egress.failure"]), /^connection-/);
    const clients = all.filter(({ kind }) => kind === CLIENT);
    assert.equal(clients.length, 2);
    assert.equal(clients.at(-1)!.attributes["error.type"], refused.attributes["egress.failure"]);
  });

  it("have a client span for each attempt", async (t) => {
    const { request, spans, world } = await scene(t, { retries: { budgetPercent: 100 } });
    let requests = 0;
    await world.internet.https([HOST], (req, res) => {
      if (++requests === 1) req.socket.destroy();
      else res.end("ok");
    });
    assert.equal((await request()).status, 200);
    const all = await spans(1);
    const clients = all.filter(({ kind }) => kind === CLIENT);
    assert.deepEqual(
      clients.map(({ attributes }) => [attributes["http.request.resend_count"], attributes["error.type"]]),
      [
        [undefined, "connection-terminated"],
        [1, undefined],
      ],
    );
    assert.equal(of(all, SERVER).attributes["egress.retries"], 1);
  });

  it("of a WebSocket last as long as it does", async (t) => {
    const { spans, world } = await scene(t, { websockets: { maxAge: 60_000 }, propagateTrace: true });
    const got = new Promise<string>((resolve) => {
      void world.internet.tls([HOST], (socket) => {
        socket.once("data", (data: Buffer) => {
          resolve(data.toString("latin1"));
          socket.write(switching());
          socket.pipe(socket);
        });
      });
    });
    const socket = net.connect(world.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(handshake(HOST, `traceparent: ${TRACEPARENT}`));
    await once(socket, "data");
    await new Promise((resolve) => setTimeout(resolve, 300));
    socket.end();
    const all = await spans(1);
    const client = of(all, CLIENT);
    for (const span of all) {
      assert.equal(span.attributes["http.response.status_code"], 101);
      assert.ok(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano) > 290_000_000n);
    }
    assert.match(await got, new RegExp(`^traceparent: 00-${TRACE}-${client.spanId}-01\\r$`, "im"));
  });

  it("carry the user's fields, from a credential", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "k8s-egress-traces-"));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(`${folder}/collector`, "key\n");
    let take: (fields: IncomingHttpHeaders & { path?: string }) => void = () => undefined;
    const got = new Promise<Parameters<typeof take>[0]>((resolve) => (take = resolve));
    const server = createServer((req, res) => {
      take({ ...req.headers, path: req.url! });
      res.end();
    }).listen(0, "127.0.0.1");
    t.after(() => server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    const tracing = {
      endpoint: `http://127.0.0.1:${port}`,
      sampleRatio: 1,
      clientSampledPerSecond: 0,
      headers: { authorization: { credential: "collector", prefix: "Bearer " } },
    };
    const world = await startWorld({ [HOST]: upstream("x") }, { tracing, credentials: folder });
    t.after(() => world.close());
    await ask({ port: world.port, host: NAME });
    const fields = await got;
    assert.equal(fields.authorization, "Bearer key");
    assert.equal(fields.path, "/v1/traces");
  });

  it("are exported at the end of the drain", async (t) => {
    const { request, spans, world } = await scene(t);
    await request();
    await world.proxy.drain(5_000);
    await spans(1);
  });

  it("name the trace in the log and in exemplars, for a scrape that asks for OpenMetrics", async (t) => {
    const { request, spans, world } = await scene(t);
    await request();
    const server = of(await spans(1), SERVER);
    assert.equal(world.log.find(({ msg }) => msg === "request")!.traceId, server.traceId);
    const scrape = (accept: string) =>
      ask({ port: world.adminPort, host: "admin", path: "/metrics", headers: { accept } });
    const PROMETHEUS =
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.1";
    const open = await scrape(PROMETHEUS);
    const text = open.body.toString();
    assert.match(String(open.headers["content-type"]), /^application\/openmetrics-text; version=1\.0\.0/);
    const exemplar = `# {trace_id="${server.traceId}",span_id="${server.spanId}"} 0.`;
    assert.ok(text.includes(exemplar), text);
    assert.match(text, /^# TYPE egress_requests counter$/m);
    assert.match(text, /^egress_requests_total\{.*\} 1$/m);
    assert.equal(text.includes("_total_total"), false);
    assert.ok(text.endsWith("# EOF\n"));
    // The other format is as before, also after the first.
    const plain = (await scrape("text/plain")).body.toString();
    assert.match(plain, /^# TYPE egress_requests_total counter$/m);
    assert.match(plain, /^process_cpu_user_seconds_total /m);
    assert.equal(plain.includes("trace_id"), false);
    assert.match(plain, /^egress_spans_exported_total 2$/m);
    assert.match(plain, /^egress_spans_dropped_total\{reason="queue_full"\} 0$/m);
  });
});
