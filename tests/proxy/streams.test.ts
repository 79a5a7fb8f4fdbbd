import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type http from "node:http";
import type { Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import { isStream } from "../../proxy-image/src/proxy/message/fields/streams";
import { begin } from "./support/client";
import { lines, sendRaw } from "./support/raw-client";
import { type World, eventually, startWorld, upstream } from "./support/world";

const HOST = "api.example.com";
const NAME = `${HOST}.egress.local`;
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

describe("a stream", () => {
  let world: World;
  let handle: http.RequestListener = () => undefined;
  before(async () => {
    world = await startWorld({
      [HOST]: upstream("api-example-com", {
        timeouts: { connect: 2_000, response: 2_000, idle: 300, stream: 1_500 },
        websockets: { maxAge: 60_000 },
      }),
    });
    await world.internet.https([HOST], (req, res) => handle(req, res));
    world.internet.server(HOST).on("upgrade", (req: http.IncomingMessage, socket) => {
      const accept = createHash("sha1")
        .update(`${req.headers["sec-websocket-key"]!}${GUID}`)
        .digest("base64");
      (socket as Socket).write(
        lines(
          "HTTP/1.1 101 Switching Protocols",
          "Upgrade: websocket",
          "Connection: Upgrade",
          `Sec-WebSocket-Accept: ${accept}`,
        ),
      );
    });
  });
  after(() => world.close());

  /** How long a response lasts that is silent behind its first piece, and how it is logged. */
  const silence = async (type: string): Promise<{ ms: number; failure: unknown }> => {
    handle = (_req, res) => void res.writeHead(200, { "Content-Type": type }).write("data: 1\n\n");
    const from = world.log.length;
    const { req, response } = begin({ port: world.port, host: NAME });
    req.end();
    const res = await response;
    const start = performance.now();
    res.on("error", () => undefined).resume();
    await new Promise((resolve) => res.once("close", resolve));
    const ms = performance.now() - start;
    await eventually(() => world.log.length > from, "a log line");
    return { ms, failure: world.log.at(-1)!.error };
  };

  for (const type of [
    "text/event-stream",
    "text/event-stream; charset=utf-8",
    "application/grpc",
    "application/x-ndjson",
  ]) {
    it(`of ${type} has a limit of its own, and a failure of its own`, async () => {
      const { ms, failure } = await silence(type);
      assert.equal(failure, "stream-idle");
      assert.ok(ms > 900, String(ms));
    });
  }

  it("is not what any other body is", async () => {
    const { ms, failure } = await silence("application/json");
    assert.equal(failure, "response-stalled");
    assert.ok(ms < 1_400, String(ms));
  });

  it("that the third party cuts has another failure", async () => {
    handle = (_req, res) => {
      res.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: 1\n\n");
      setTimeout(() => res.destroy(), 50);
    };
    const from = world.log.length;
    const { req, response } = begin({ port: world.port, host: NAME });
    req.end();
    (await response).on("error", () => undefined).resume();
    await eventually(() => world.log.length > from, "a log line");
    assert.equal(world.log.at(-1)!.error, "response-incomplete");
  });

  it("of a WebSocket ends when no byte has come from either side", async () => {
    const from = world.log.length;
    const reply = await sendRaw(
      world.port,
      lines(
        "GET /ws HTTP/1.1",
        `Host: ${NAME}`,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ),
      4_000,
    );
    assert.match(reply.text, /^HTTP\/1\.1 101 /);
    await eventually(() => world.log.length > from, "a log line");
    assert.equal(world.log.at(-1)!.error, "stream-idle");
  });

  it("is told by its media type", () => {
    const of = (type: string): boolean => isStream(["Server", "x", "Content-Type", type]);
    const streams = [
      "text/event-stream",
      "TEXT/Event-Stream;x=y",
      "application/grpc+proto",
      "application/grpc-web-text",
      "application/stream+json",
    ];
    for (const type of streams) assert.ok(of(type), type);
    for (const type of ["text/event-streams", "text/plain", "application/json", "application/grpcx", ""])
      assert.ok(!of(type), type);
    assert.ok(!isStream([]));
  });
});
