import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import type http from "node:http";
import net from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { after, before, beforeEach, describe, it } from "node:test";
import { ask, begin } from "./support/client";
import { lines, sendRaw } from "./support/raw-client";
import { type World, eventually, startWorld, upstream } from "./support/world";

const HOST = "api.example.com";
const NAME = `${HOST}.egress.local`;
const RAW = "raw.example.com";

describe("forward", () => {
  let world: World;
  let handle: http.RequestListener = () => undefined;
  let raw: string | ((request: string) => string) = "";

  before(async () => {
    const timeouts = { connect: 2_000, response: 1_000, idle: 1_000, stream: 3_600_000 };
    world = await startWorld({
      [HOST]: upstream("api-example-com", { timeouts }),
      [RAW]: upstream("raw-example-com", { timeouts }),
    });
    await world.internet.https([HOST], (req, res) => handle(req, res));
    await world.internet.tls([RAW], (socket) => {
      socket.once("data", (data: Buffer) =>
        socket.end(typeof raw === "string" ? raw : raw(data.toString("latin1")), "latin1"),
      );
    });
  });
  after(() => world.close());
  beforeEach(() => (world.log.length = 0));

  describe("bodies", () => {
    it("20 MiB each way arrive as they were sent", async () => {
      const sent = randomBytes(20 << 20);
      handle = (req, res) => void req.pipe(res);
      const { body } = await ask({ port: world.port, host: NAME, method: "POST", body: sent });
      assert.equal(
        createHash("sha256").update(body).digest("hex"),
        createHash("sha256").update(sent).digest("hex"),
      );
    });

    it("chunked and fixed-length uploads share a kept connection", async () => {
      const framings: (string | undefined)[] = [];
      handle = (req, res) => {
        framings.push(req.headers["content-length"] ?? req.headers["transfer-encoding"]);
        req.resume().on("end", () => res.end());
      };
      await ask({ port: world.port, host: NAME });
      const before = world.internet.connected.length;
      await ask({ port: world.port, host: NAME, method: "PUT", body: "four" });
      await ask({ port: world.port, host: NAME, method: "PUT", body: Readable.from([Buffer.from("four")]) });
      await ask({ port: world.port, host: NAME, method: "POST", headers: { "content-length": 0 } });
      assert.deepEqual(framings, [undefined, "4", "chunked", "0"]);
      assert.equal(world.internet.connected.length, before);
    });

    for (const method of ["GET", "DELETE", "OPTIONS"]) {
      it(`a body with ${method}, which many a server leaves unread, is the last on its connection`, async () => {
        const ports: (number | undefined)[] = [];
        handle = (req, res) => {
          ports.push(req.socket.remotePort);
          req.resume().on("end", () => res.end());
        };
        await ask({
          port: world.port,
          host: NAME,
          method,
          body: "GET /smuggled HTTP/1.1\r\n\r\n",
          headers: { "content-length": 26 },
        });
        await ask({ port: world.port, host: NAME });
        assert.equal(ports.length, 2);
        assert.notEqual(ports[0], ports[1]);
      });
    }

    it("a piece arrives before the next one is sent, in both directions", async () => {
      handle = (req, res) => void req.pipe(res);
      const { req, response } = begin({ port: world.port, host: NAME, method: "POST" });
      req.write("one");
      const res = await response;
      assert.equal(String((await once(res, "data"))[0]), "one");
      req.write("two");
      assert.equal(String((await once(res, "data"))[0]), "two");
      req.end();
      await once(res, "end");
    });

    it("a client that does not read holds the third party back", async () => {
      let sent = 0;
      handle = (_req, res) => {
        const more = (): void => {
          while (sent < 200 << 20 && res.write(Buffer.alloc(65_536))) sent += 65_536;
        };
        res.on("drain", more);
        more();
      };
      const { req, response } = begin({ port: world.port, host: NAME });
      req.end();
      (await response).pause();
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.ok(sent < 30 << 20, `${sent} bytes were taken from the third party`);
      req.destroy();
    });

    it("compressed bodies stay compressed", async () => {
      handle = (_req, res) => {
        res.setHeader("content-encoding", "gzip");
        res.end("not even gzip");
      };
      const answer = await ask({ port: world.port, host: NAME, headers: { "accept-encoding": "gzip" } });
      assert.equal(answer.headers["content-encoding"], "gzip");
      assert.equal(answer.body.toString(), "not even gzip");
    });

    for (const [method, status] of [
      ["HEAD", 200],
      ["GET", 204],
      ["GET", 304],
    ] as const) {
      it(`${method} with ${status} has no body, and the connection serves on`, async () => {
        handle = (_req, res) => {
          res.writeHead(status, method === "HEAD" ? { "content-length": "7" } : {});
          res.end();
        };
        const answer = await ask({ port: world.port, host: NAME, method });
        assert.equal(answer.status, status);
        assert.equal(answer.body.length, 0);
        assert.equal(answer.headers["content-length"], method === "HEAD" ? "7" : undefined);
        assert.equal(answer.headers["transfer-encoding"], undefined);
      });
    }

    it("an answer before the upload's end reaches the client", async () => {
      handle = (_req, res) => {
        res.writeHead(413, { connection: "close" });
        res.end("too much");
      };
      const { req, response } = begin({ port: world.port, host: NAME, method: "POST" });
      req.on("error", () => undefined);
      req.write(Buffer.alloc(100_000));
      const res = await response;
      assert.equal(res.statusCode, 413);
      assert.equal((await buffer(res)).toString(), "too much");
      req.destroy();
    });

    it("an upload that goes on behind its answer does not hold the connection for ever", async () => {
      handle = (_req, res) => res.writeHead(413, { connection: "close" }).end();
      const socket = net.connect(world.port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write(lines("POST / HTTP/1.1", `Host: ${NAME}`, "Content-Length: 1000000"));
      const trickle = setInterval(() => socket.write("x"), 100);
      const began = performance.now();
      socket.resume();
      await once(socket, "close");
      clearInterval(trickle);
      assert.ok(performance.now() - began < 4_000);
    });

    it("leave to send a body is given after the decision only", async () => {
      handle = (req, res) => void req.resume().on("end", () => res.end("done"));
      const head = (host: string): string =>
        lines(
          "POST / HTTP/1.1",
          `Host: ${host}`,
          "Expect: 100-continue",
          "Content-Length: 2",
          "Connection: close",
        );
      const denied = await sendRaw(world.port, head("other.example.com.egress.local"), 300);
      assert.match(denied.text, /^HTTP\/1\.1 403 /);
      const granted = await sendRaw(world.port, `${head(NAME)}xx`, 500);
      assert.match(granted.text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
    });
  });

  describe("ends", () => {
    it("a client that leaves ends the request to the third party", async () => {
      let closed = false;
      handle = (req) => void req.on("close", () => (closed = true));
      const { req, response } = begin({ port: world.port, host: NAME });
      response.catch(() => undefined);
      req.end();
      await eventually(() => world.proxy.inFlight() === 1, "in flight");
      await new Promise((resolve) => setTimeout(resolve, 50));
      req.destroy();
      await eventually(() => closed, "the third party's request is closed");
      await eventually(() => world.log.length === 1, "a log line");
      assert.equal(world.log[0]?.cancelled, true);
      assert.equal("error" in world.log[0], false);
    });

    it("a client that leaves in the middle of its upload ends it too", async () => {
      let aborted = false;
      handle = (req) => void req.on("error", () => (aborted = true)).resume();
      const { req, response } = begin({ port: world.port, host: NAME, method: "POST" });
      response.catch(() => undefined);
      req.write("half");
      await new Promise((resolve) => setTimeout(resolve, 100));
      req.destroy();
      await eventually(() => aborted, "the third party sees the cut");
    });

    it("half an answer of fixed length is cut, not ended", async () => {
      raw = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
      await assert.rejects(ask({ port: world.port, host: `${RAW}.egress.local` }));
      await eventually(() => world.log.length === 1, "a log line");
      assert.equal(world.log[0]?.error, "response-incomplete");
    });

    it("half a chunked answer is cut, not ended", async () => {
      raw = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
      const reply = await sendRaw(world.port, lines("GET / HTTP/1.1", `Host: ${RAW}.egress.local`), 500);
      assert.match(reply.text, /hello/);
      assert.equal(reply.text.includes("\r\n0\r\n"), false);
      assert.equal(reply.ended, "closed");
    });

    it("nothing at all: 502", async () => {
      raw = "";
      const answer = await ask({ port: world.port, host: `${RAW}.egress.local` });
      assert.equal(answer.status, 502);
      assert.match(String(answer.headers["proxy-status"]), /connection_terminated/);
    });

    it("no answer within timeouts.response: 504", async () => {
      handle = () => undefined;
      const answer = await ask({ port: world.port, host: NAME });
      assert.equal(answer.status, 504);
      assert.match(String(answer.headers["proxy-status"]), /http_response_timeout/);
    });

    it("an answer that stops for timeouts.idle is cut", async () => {
      handle = (_req, res) => void res.write("half");
      await assert.rejects(ask({ port: world.port, host: NAME }));
      await eventually(() => world.log.length === 1, "a log line");
      assert.equal(world.log[0]?.error, "response-stalled");
    });
  });

  describe("answers that can be read in two ways become 502", () => {
    const hostile: [string, string][] = [
      ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"],
      ["the same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab"],
      [
        "length and chunked",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      ],
      ["another transfer coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
      ["an unknown transfer coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nabc"],
      ["a control character in a value", "HTTP/1.1 200 OK\r\nX: a\x01b\r\nContent-Length: 0\r\n\r\n"],
      ["a control character in a name", "HTTP/1.1 200 OK\r\nX\x01: b\r\nContent-Length: 0\r\n\r\n"],
      ["an unasked upgrade", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
      ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n"],
      ["HTTP/0.9", "<html></html>"],
      ["an endless header section", `HTTP/1.1 200 OK\r\n${"X: yyyyyyyyyyyyyyyy\r\n".repeat(3_000)}\r\n`],
      ["interim answers without end", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(100)],
    ];
    for (const [name, bytes] of hostile) {
      it(name, async () => {
        raw = bytes;
        const answer = await ask({ port: world.port, host: `${RAW}.egress.local` });
        assert.equal(answer.status, 502, answer.body.toString());
        assert.equal(answer.headers["content-type"], "application/problem+json; charset=utf-8");
      });
    }

    it("what comes after an answer is never another request's", async () => {
      const one = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
      raw = `${one}one${one}bad`;
      for (let i = 0; i < 5; i++) {
        const answer = await ask({ port: world.port, host: `${RAW}.egress.local` });
        assert.equal(answer.body.toString(), "one");
      }
    });
  });
});
