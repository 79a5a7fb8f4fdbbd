import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { TLSSocket } from "node:tls";
import { KEY, handshake, switching } from "./support/handshake";
import { lines, sendRaw, statusOf } from "./support/raw-client";
import { type World, startWorld, upstream } from "./support/world";

const HOST = "ws.example.com";
/** An upstream that does not allow WebSocket. */
const PLAIN = "plain.example.com";
const OK = `${lines("HTTP/1.1 200 OK", "Content-Length: 2", "Connection: close")}ok`;

/** An ordinary request with these fields. */
const ordinary = (...fields: string[]): string =>
  lines("GET /v1 HTTP/1.1", `Host: ${PLAIN}.egress.local`, ...fields);

describe("offers of another protocol", () => {
  let world: World;
  let request = "";
  let answer: (socket: TLSSocket) => void;

  before(async () => {
    world = await startWorld({
      [HOST]: upstream("ws-example-com", { websockets: { maxAge: 60_000 } }),
      [PLAIN]: upstream("plain-example-com"),
    });
    for (const host of [HOST, PLAIN]) {
      await world.internet.tls([host], (socket) => {
        socket.on("data", (data: Buffer) => {
          request += data.toString("latin1");
          if (request.includes("\r\n\r\n")) answer(socket);
        });
      });
    }
  });
  after(() => world.close());
  beforeEach(() => {
    request = "";
    answer = (socket) => void socket.end(OK);
  });

  const upgraded: [name: string, text: string][] = [
    ["Content-Length: 0 (Java 17)", handshake(HOST, "Content-Length: 0")],
    ["Content-Length: 000", handshake(HOST, "Content-Length: 000")],
    [
      "a list that begins with it",
      handshake(HOST).replace("Upgrade: WebSocket", "Upgrade: websocket, foo/1"),
    ],
    ["a list that ends with it", handshake(HOST).replace("Upgrade: WebSocket", "Upgrade: h2c ,\tWEBSOCKET")],
    ["empty members", handshake(HOST).replace("Upgrade: WebSocket", "Upgrade: ,, websocket ,")],
    [
      "a second Upgrade field",
      handshake(HOST).replace("Upgrade: WebSocket", "Upgrade: foo\r\nUpgrade: websocket"),
    ],
    [
      "a second Connection field",
      handshake(HOST).replace("keep-alive, Upgrade", "keep-alive\r\nConnection: upgrade"),
    ],
  ];
  for (const [name, text] of upgraded) {
    it(`a handshake with ${name} is upgraded, and nothing but websocket is offered`, async () => {
      answer = (socket) => void socket.write(switching());
      const reply = await sendRaw(world.port, text, 150);
      assert.equal(statusOf(reply), 101, reply.text);
      assert.deepEqual(request.match(/^Upgrade:.*$/gim), ["Upgrade: websocket"]);
      assert.deepEqual(request.match(/^Connection:.*$/gim), ["Connection: Upgrade"]);
      assert.doesNotMatch(request, /content-length|foo|h2c/i);
    });
  }

  const ignored: [name: string, text: string][] = [
    ["h2c", ordinary("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQ")],
    ["TLS/1.2 (Apache HttpClient 5.4)", ordinary("Connection: Upgrade", "Upgrade: TLS/1.2")],
    ["two protocols", ordinary("Connection: Upgrade", "Upgrade: TLS/1.2, h2c")],
    ["two fields", ordinary("Connection: Upgrade", "Upgrade: TLS/1.2", "Upgrade: h2c")],
    ["a protocol nobody knows", ordinary("Connection: Upgrade", "Upgrade: foo/1")],
    [
      "WebSocket with a version, which is another protocol",
      ordinary("Connection: Upgrade", "Upgrade: websocket/13"),
    ],
    ["part of a name", ordinary("Connection: Upgrade", "Upgrade: xwebsocket, websocketx, web socket")],
    ["no Connection", ordinary("Upgrade: h2c")],
    ["no value", ordinary("Connection: Upgrade", "Upgrade:")],
    ["Connection alone", ordinary("Connection: Upgrade")],
    [
      "WebSocket in HTTP/1.0",
      ordinary("Connection: Upgrade", "Upgrade: websocket", `Sec-WebSocket-Key: ${KEY}`).replace(
        "1.1",
        "1.0",
      ),
    ],
    [
      "a body",
      `${ordinary("Connection: Upgrade", "Upgrade: TLS/1.2", "Content-Length: 2").replace("GET", "POST")}ok`,
    ],
    [
      "a chunked body",
      `${ordinary("Connection: Upgrade", "Upgrade: TLS/1.2", "Transfer-Encoding: chunked").replace("GET", "PUT")}2\r\nok\r\n0\r\n\r\n`,
    ],
  ];
  for (const [name, text] of ignored) {
    it(`ignored, and not passed on: ${name}`, async () => {
      const reply = await sendRaw(world.port, text, 300);
      assert.equal(statusOf(reply), 200, reply.text);
      assert.doesNotMatch(request, /^(upgrade|connection|http2-settings):/im);
      assert.match(request, /^(GET|POST|PUT) \/v1 HTTP\/1\.1\r\n/);
    });
  }

  it("behind an ignored offer the connection carries on", async () => {
    answer = (socket) => void socket.write(`${lines("HTTP/1.1 200 OK", "Content-Length: 2")}ok`);
    const offer = ordinary("Connection: Upgrade", "Upgrade: TLS/1.2");
    const reply = await sendRaw(world.port, offer + offer, 300);
    assert.equal(reply.text.match(/HTTP\/1\.1 200 OK/g)?.length, 2, reply.text);
  });

  it("a third party that switches all the same: 502, and no byte of another protocol", async () => {
    answer = (socket) => void socket.write(`${switching()}behind`);
    for (const text of [
      ordinary("Connection: Upgrade", "Upgrade: TLS/1.2"),
      handshake(HOST).replace("HTTP/1.1", "HTTP/1.0"),
    ]) {
      request = "";
      const reply = await sendRaw(world.port, text, 300);
      assert.equal(statusOf(reply), 502, reply.text);
      assert.doesNotMatch(reply.text, /behind|^upgrade:/im);
    }
  });
});
