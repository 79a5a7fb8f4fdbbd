import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import type { TLSSocket } from "node:tls";
import { ACCEPT, KEY, handshake, switching } from "./support/handshake";
import { lines, sendRaw, statusOf } from "./support/raw-client";
import { type World, clientField, eventually, startWorld, upstream } from "./support/world";

const HOST = "ws.example.com";

describe("WebSocket", () => {
  let world: World;
  let request = "";
  let answer: (socket: TLSSocket) => void = () => undefined;

  before(async () => {
    const websockets = { maxAge: 1_000 };
    world = await startWorld({
      [HOST]: upstream("ws-example-com", {
        websockets,
        timeouts: { connect: 500, response: 500, idle: 500, stream: 3_600_000 },
      }),
      "no.example.com": upstream("no-example-com"),
      "named.example.com": upstream("named-example-com", {
        websockets,
        allow: [{ clients: [{ namespace: "shop" }], methods: ["GET"], paths: ["/chat"] }],
      }),
    });
    for (const host of [HOST, "no.example.com", "named.example.com"]) {
      await world.internet.tls([host], (socket) => {
        socket.once("data", (data: Buffer) => {
          request = data.toString("latin1");
          answer(socket);
        });
      });
    }
  });
  after(() => world.close());
  beforeEach(() => {
    request = "";
    world.log.length = 0;
    answer = (socket) => {
      socket.write(switching());
      socket.pipe(socket);
    };
  });

  /** Shakes hands and returns the socket with what came behind the 101's head. */
  async function connect(host = HOST): Promise<{ socket: net.Socket; head: string }> {
    const socket = net.connect(world.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(handshake(host));
    const [data] = (await once(socket, "data")) as [Buffer];
    return { socket, head: data.toString("latin1") };
  }

  it("bytes pass both ways after a verified handshake, and it is logged as 101", async () => {
    const { socket, head } = await connect();
    assert.match(head, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
    for (const text of ["one", "two"]) {
      socket.write(text);
      assert.equal(String((await once(socket, "data"))[0]), text);
    }
    socket.end();
    await eventually(() => world.log.length === 1, "a log line");
    assert.equal(world.log[0]?.status, 101);
    assert.equal(world.log[0].responseBytes, 6);
    assert.equal(world.log[0].path, "/chat");
  });

  it("header fields are filtered both ways", async () => {
    answer = (socket) =>
      socket.write(switching("l5d-x: 1", "Alt-Svc: h3", "Set-Cookie: a=b; Domain=example.com", "X-Ok: 1"));
    const socket = net.connect(world.port, "127.0.0.1");
    socket.write(handshake(HOST, "X-Forwarded-For: 10.0.0.1", "l5d-client-id: x", "X-Ok: 1"));
    const [data] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    assert.match(
      request,
      /^GET \/chat\?x=1 HTTP\/1\.1\r\nHost: ws\.example\.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/,
    );
    assert.match(request, /\r\nX-Ok: 1\r\n/);
    assert.match(request, /\r\nVia: 1\.1 k8s-egress-/);
    assert.doesNotMatch(request, /forwarded|l5d/i);
    assert.match(data.toString(), /X-Ok: 1\r\n/);
    assert.match(data.toString(), /Set-Cookie: a=b\r\n/);
    assert.doesNotMatch(data.toString(), /l5d|alt-svc/i);
  });

  it("an upstream without websockets: 403, and nobody is asked", async () => {
    const reply = await sendRaw(world.port, handshake("no.example.com"), 300);
    assert.equal(statusOf(reply), 403);
    assert.match(reply.text, /details="upgrade-denied"/);
    assert.equal(request, "");
  });

  it("the rules are the same as for any request", async () => {
    assert.equal(statusOf(await sendRaw(world.port, handshake("named.example.com"), 300)), 403);
    assert.equal(statusOf(await sendRaw(world.port, handshake("other.example.com"), 300)), 403);
    const identity = `l5d-client-id: ${clientField("shop/web")["l5d-client-id"]!}`;
    assert.equal(statusOf(await sendRaw(world.port, handshake("named.example.com", identity), 300)), 101);
    const other = handshake("named.example.com", identity).replace("/chat", "/admin");
    assert.equal(statusOf(await sendRaw(world.port, other, 300)), 403);
  });

  const malformed: [string, string][] = [
    ["another version", handshake(HOST).replace("Version: 13", "Version: 8")],
    ["no key", handshake(HOST).replace(/Sec-WebSocket-Key.*\r\n/, "")],
    ["a short key", handshake(HOST).replace(KEY, "abc")],
    ["two keys", handshake(HOST, `Sec-WebSocket-Key: ${KEY}`)],
    ["POST", handshake(HOST).replace("GET", "POST")],
    ["a body", `${handshake(HOST, "Content-Length: 3")}abc`],
    ["a chunked body", `${handshake(HOST, "Transfer-Encoding: chunked")}0\r\n\r\n`],
    ["an expectation", handshake(HOST, "Expect: 100-continue")],
    ["no Connection", handshake(HOST).replace(/Connection.*\r\n/, "")],
  ];
  for (const [name, text] of malformed) {
    it(`${name}: 400, and nobody is asked`, async () => {
      const reply = await sendRaw(world.port, text, 300);
      assert.equal(statusOf(reply), 400, reply.text);
      assert.equal(request, "");
    });
  }

  const wrong: [string, string][] = [
    ["another accept", switching().replace(ACCEPT, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")],
    ["no accept", switching().replace(/Sec-WebSocket-Accept.*\r\n/, "")],
    ["another protocol", switching().replace("Upgrade: websocket", "Upgrade: h2c")],
    ["no Connection", switching().replace(/Connection.*\r\n/, "")],
    ["an unasked subprotocol", switching("Sec-WebSocket-Protocol: evil")],
    ["an unasked extension", switching("Sec-WebSocket-Extensions: permessage-deflate")],
  ];
  for (const [name, text] of wrong) {
    it(`a 101 with ${name} becomes 502, and nothing behind it is passed on`, async () => {
      answer = (socket) => socket.write(`${text}behind`);
      const reply = await sendRaw(world.port, handshake(HOST), 300);
      assert.equal(statusOf(reply), 502, reply.text);
      assert.match(reply.text, /details="upgrade-failed"/);
      assert.equal(reply.text.includes("behind"), false);
    });
  }

  it("an answer other than 101 is passed on, filtered", async () => {
    answer = (socket) =>
      socket.end(`${lines("HTTP/1.1 401 Unauthorized", "Content-Length: 2", "l5d-x: 1")}no`);
    const reply = await sendRaw(world.port, handshake(HOST), 500);
    assert.match(reply.text, /^HTTP\/1\.1 401 Unauthorized\r\n[^]*\r\n\r\nno$/);
    assert.doesNotMatch(reply.text, /l5d/);
    assert.equal(world.log[0]?.status, 401);
  });

  it("no answer: 504; no connection: 502", async () => {
    answer = () => undefined;
    assert.equal(statusOf(await sendRaw(world.port, handshake(HOST), 2_000)), 504);
    const [address] = world.internet.names.get(HOST) as [string];
    const port = world.internet.machines.get(address)!;
    world.internet.machines.delete(address);
    const reply = await sendRaw(world.port, handshake(HOST), 500);
    world.internet.machines.set(address, port);
    assert.equal(statusOf(reply), 502);
    assert.match(reply.text, /connection_refused/);
  });

  it("a connection ends at its maximum age", async () => {
    const began = performance.now();
    const { socket } = await connect();
    await once(socket, "close");
    assert.ok(performance.now() - began >= 990);
    await eventually(() => world.log.length === 1, "a log line");
    assert.equal(world.log[0]?.error, "too-old");
  });

  it("a drain lets it go on, and cuts it at its limit", async () => {
    const own = await startWorld({ [HOST]: upstream("ws-example-com", { websockets: { maxAge: 60_000 } }) });
    await own.internet.tls([HOST], (socket) => {
      socket.once("data", () => {
        socket.write(switching());
        socket.pipe(socket);
      });
    });
    const socket = net.connect(own.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(handshake(HOST));
    await once(socket, "data");
    const drained = own.proxy.drain(1_500);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    socket.write("still");
    assert.equal(String((await once(socket, "data"))[0]), "still");
    assert.equal(await drained, 1);
    if (!socket.closed) await once(socket, "close");
    await own.close();
  });

  it("when one side goes, so does the other", async () => {
    let closed = 0;
    let third: TLSSocket | undefined;
    answer = (socket) => {
      third = socket;
      socket.write(switching());
      socket.on("close", () => closed++);
      socket.resume();
    };
    const first = await connect();
    first.socket.destroy();
    await eventually(() => closed === 1, "the third party's side is closed");
    const second = await connect();
    third!.destroy();
    await once(second.socket, "close");
  });
});
