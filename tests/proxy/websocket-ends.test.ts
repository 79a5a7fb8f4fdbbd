import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { type TestContext, after, afterEach, before, beforeEach, describe, it } from "node:test";
import tls, { type TLSSocket } from "node:tls";
import { handshake, switching } from "./support/handshake";
import { ask } from "./support/client";
import { lines, sendRaw, statusOf } from "./support/raw-client";
import { type World, authority, eventually, startWorld, upstream } from "./support/world";

/** Long, so that no limit of time does what a test expects of an end. */
const LONG = 60_000;
const HOST = "ws.example.com";
/** Accepts connections, and never says a word of TLS. */
const MUTE = "mute.example.com";
/** Limits that tests wait for. */
const BRIEF = "brief.example.com";

/** Ways in which one side can end its connection. */
const CLIENT_ENDS: Record<string, (socket: net.Socket) => void> = {
  FIN: (socket) => socket.end(),
  RST: (socket) => socket.resetAndDestroy(),
  close: (socket) => socket.destroy(),
};

describe("the end of an upgrade", () => {
  let world: World;
  /** The third party's side of the connection that came last: as TLS, and below it. */
  let third: TLSSocket | undefined;
  let raw: net.Socket | undefined;
  let request = "";
  let answer: (socket: TLSSocket) => void;

  /** Requests that the metrics had counted before. */
  let counts = 0;

  before(async () => {
    const timeouts = { connect: LONG, response: LONG, idle: LONG, stream: LONG };
    const websockets = { maxAge: LONG };
    const circuitBreaker = { failures: 1, reset: LONG };
    world = await startWorld({
      [HOST]: upstream("ws-example-com", { timeouts, websockets, maxRequests: 1 }),
      [MUTE]: upstream("mute-example-com", { timeouts, websockets, circuitBreaker, maxRequests: 1 }),
      [BRIEF]: upstream("brief-example-com", {
        timeouts: { connect: 300, response: 300, idle: 300, stream: 3_600_000 },
        websockets,
      }),
    });
    await world.internet.add(
      [MUTE],
      net.createServer((socket) => socket.on("error", () => undefined).resume()),
    );
    const accept = (socket: TLSSocket): void => {
      third = socket;
      socket.on("error", () => undefined);
      socket.once("data", (data: Buffer) => {
        request = data.toString("latin1");
        answer(socket);
      });
    };
    // Open for as long as the test says so.
    const options = { ...authority.issue([HOST, BRIEF]), allowHalfOpen: true };
    await world.internet.add([HOST, BRIEF], tls.createServer(options, accept));
    world.internet.server(HOST).on("connection", (socket: net.Socket) => (raw = socket));
  });
  after(() => world.close());
  beforeEach(async () => {
    counts = await counted();
    third = undefined;
    raw = undefined;
    request = "";
    world.log.length = 0;
    answer = (socket) => void socket.write(switching());
  });

  afterEach(() => {
    world.proxy.data.closeAllConnections();
    third?.destroy();
  });

  /** Requests that the metrics have counted. */
  async function counted(): Promise<number> {
    const { body } = await ask({ port: world.adminPort, host: "admin", path: "/metrics" });
    const series = body.toString().match(/^http_server_request_duration_seconds_count\{.*\} \d+$/gm) ?? [];
    return series.reduce((sum, line) => sum + Number(/\d+$/.exec(line)![0]), 0);
  }

  /** A client that has sent its handshake; it stays open when the proxy sends a FIN. */
  function begin(t: TestContext, host = HOST, behind: string | Buffer = ""): net.Socket {
    const socket = net.connect({ port: world.port, host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", () => undefined);
    socket.write(handshake(host));
    socket.write(behind);
    t.after(() => socket.destroy());
    return socket;
  }

  async function open(t: TestContext, host = HOST): Promise<net.Socket> {
    const socket = begin(t, host);
    const [data] = (await once(socket, "data")) as [Buffer];
    assert.match(String(data), /^HTTP\/1\.1 101 /);
    return socket;
  }

  /** Nothing is left, and all of it was told once. */
  async function over(): Promise<void> {
    await eventually(() => world.proxy.inFlight() === 0, "no request in flight");
    // The third party keeps its own side open; what it writes to a side that has gone is answered by a reset.
    third?.resume();
    await eventually(() => {
      if (third?.readableEnded && third.writable) third.write("anybody?");
      return world.internet.open === 0;
    }, "no connection to the third party");
    await eventually(() => world.log.length > 0, "a log line");
    assert.equal(world.log.length, 1, JSON.stringify(world.log));
    assert.equal((await counted()) - counts, 1, "counted once");
    counts++;
  }

  for (const [name, end] of Object.entries(CLIENT_ENDS)) {
    it(`client's ${name} while the connection is connected`, async (t) => {
      const socket = begin(t, MUTE);
      await eventually(() => world.internet.open === 1, "connected");
      end(socket);
      await over();
      assert.equal(world.log[0]!.cancelled, true);
      assert.equal(world.log[0]!.status, 0);
    });

    it(`client's ${name} during the handshake`, async (t) => {
      answer = () => undefined;
      const socket = begin(t);
      await eventually(() => request !== "", "asked");
      end(socket);
      await over();
      assert.equal(world.log[0]!.cancelled, true);
    });

    it(`client's ${name} behind bytes that it sent too early`, async (t) => {
      answer = () => undefined;
      const socket = begin(t, HOST, "early");
      await eventually(() => request !== "", "asked");
      end(socket);
      await over();
    });

    it(`client's ${name} within an answer that is no 101`, async (t) => {
      answer = (socket) => void socket.write(`${lines("HTTP/1.1 401 Unauthorized", "Content-Length: 9")}no`);
      const socket = begin(t);
      await once(socket, "data");
      end(socket);
      await over();
      assert.equal(world.log[0]!.cancelled, true);
    });

    it(`client's ${name} with the 101 unread`, async (t) => {
      const socket = begin(t);
      await eventually(() => request !== "", "asked");
      end(socket);
      // A close is a FIN to the proxy until it sends something.
      if (name !== "RST") third!.end();
      await over();
    });
  }

  for (const name of ["RST", "close"]) {
    it(`client's ${name} behind the 101: the third party's side goes too`, async (t) => {
      const socket = await open(t);
      CLIENT_ENDS[name]!(socket);
      if (name === "close") await eventually(() => !third!.write("anything") || third!.destroyed, "a reset");
      await over();
      assert.equal(world.log[0]!.status, 101);
      assert.equal(world.log[0]!.cancelled, undefined);
    });
  }

  it("client's RST while bytes of both directions are on their way", async (t) => {
    answer = (socket) => {
      socket.write(switching());
      socket.on("data", (data: Buffer) => socket.write(data));
      socket.write(Buffer.alloc(5_000_000));
    };
    const socket = await open(t);
    socket.write(Buffer.alloc(1_000_000));
    await once(socket, "data");
    socket.resetAndDestroy();
    await over();
  });

  it("client's FIN is passed on, and what the third party still sends arrives", async (t) => {
    const socket = await open(t);
    socket.end("last words");
    let heard = "";
    third!.on("data", (data: Buffer) => (heard += data.toString()));
    await once(third!, "end");
    assert.equal(heard, "last words");
    third!.end("z".repeat(300_000));
    let size = 0;
    socket.on("data", (data: Buffer) => (size += data.length));
    await once(socket, "end");
    assert.equal(size, 300_000);
    await over();
    assert.equal(world.log[0]!.responseBytes, 300_000);
  });

  it("the third party's FIN is passed on, and what the client still sends arrives", async (t) => {
    const socket = await open(t);
    third!.end("last words");
    let size = 0;
    third!.on("data", (data: Buffer) => (size += data.length));
    let heard = "";
    socket.on("data", (data: Buffer) => (heard += data.toString()));
    await once(socket, "end");
    assert.equal(heard, "last words");
    socket.end("z".repeat(300_000));
    await once(third!, "end");
    assert.equal(size, 300_000);
    await over();
  });

  for (const [name, end] of [
    ["RST", () => raw!.resetAndDestroy()],
    ["FIN without TLS's own end", () => raw!.end()],
    ["close", () => third!.destroy()],
  ] as [string, () => void][]) {
    it(`third party's ${name} while the handshake is read`, async (t) => {
      answer = end;
      const socket = begin(t);
      const [data] = (await once(socket, "data")) as [Buffer];
      assert.match(String(data), /^HTTP\/1\.1 502 [^]*connection-terminated/);
      await once(socket, "end");
      socket.end();
      await over();
    });

    it(`third party's ${name} behind the 101: the client gets what it sent, and its side ends`, async (t) => {
      answer = (socket) => void socket.write(`${switching()}frames`);
      const socket = begin(t);
      let heard = "";
      socket.on("data", (data: Buffer) => (heard += data.toString()));
      await eventually(() => heard.endsWith("frames"), "the first bytes");
      end();
      await once(socket, "end");
      // This client keeps its side open: it is not waited for.
      await new Promise((resolve) => setTimeout(resolve, 50));
      socket.write("nobody reads this");
      socket.end();
      await over();
    });
  }

  it("a client that keeps its side open, when the third party is gone, is not waited for long", async (t) => {
    await open(t);
    raw!.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await over();
  });

  it("101, frames and the end in one packet", async (t) => {
    answer = (socket) => void socket.end(`${switching()}frames`);
    const socket = begin(t);
    let heard = "";
    socket.on("data", (data: Buffer) => (heard += data.toString()));
    await once(socket, "end");
    assert.match(heard, /^HTTP\/1\.1 101 [^]*\r\n\r\nframes$/);
    socket.end();
    await over();
  });

  it("what came too early arrives, in order and whole, and no more of it is taken than fits", async (t) => {
    answer = () => undefined;
    const early = Buffer.alloc(20_000_000);
    for (let i = 0; i + 4 <= early.length; i += 4) early.writeUInt32BE(i, i);
    const socket = begin(t, HOST, early);
    await eventually(() => request !== "", "asked");
    await new Promise((resolve) => setTimeout(resolve, 200));
    // What is on its way in the kernels' buffers is not here.
    assert.ok(socket.writableLength > 5_000_000, `${socket.writableLength} bytes wait at the client`);
    const pieces: Buffer[] = [];
    third!.on("data", (data: Buffer) => pieces.push(data));
    third!.write(switching());
    socket.end();
    await once(third!, "end");
    assert.ok(Buffer.concat(pieces).equals(early));
    third!.end();
    socket.resume();
    await over();
  });

  for (const side of ["client", "third party"]) {
    it(`half a pair is not kept for ever: the ${side} has ended, and the other says nothing`, async (t) => {
      const socket = await open(t, BRIEF);
      socket.resume();
      third!.resume();
      (side === "client" ? socket : third!).end();
      await once(side === "client" ? third! : socket, "end");
      await over();
    });

    it(`a pair is not kept for ever when the ${side} takes nothing`, async (t) => {
      const socket = await open(t, BRIEF);
      const [from, to] = side === "client" ? [third!, socket] : [socket, third!];
      to.pause();
      from.write(Buffer.alloc(30_000_000));
      await over();
      assert.equal(world.log[0]!.error, side === "client" ? "client-stalled" : "response-stalled");
    });
  }

  it("a pair of which nobody says anything is kept", async (t) => {
    const socket = await open(t, BRIEF);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    socket.write("still");
    assert.equal(String((await once(third!, "data"))[0]), "still");
    socket.resetAndDestroy();
    await over();
  });

  it("half a pair is kept for as long as bytes pass", async (t) => {
    const socket = await open(t, BRIEF);
    let heard = "";
    socket.on("data", (data: Buffer) => (heard += data.toString()));
    socket.end();
    for (let i = 0; i < 8; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      third!.write(String(i));
    }
    await eventually(() => heard === "01234567", "all of it");
    third!.end();
    await over();
  });

  it("a handshake that lasts too long: 504, and both sides end", async (t) => {
    answer = () => undefined;
    const socket = begin(t, BRIEF);
    const [data] = (await once(socket, "data")) as [Buffer];
    assert.match(String(data), /^HTTP\/1\.1 504 [^]*response-timeout/);
    socket.end();
    await over();
  });

  it("a request that is cut, at any stage, takes both sides with it", async (t) => {
    for (const [host, stage] of [
      [MUTE, () => world.internet.open === 1],
      [HOST, () => request !== ""],
    ] as [string, () => boolean][]) {
      answer = () => undefined;
      const socket = begin(t, host).resume();
      await eventually(stage, "begun");
      world.proxy.data.closeAllConnections();
      await once(socket, "end");
      await over();
      world.log.length = 0;
    }
    answer = (socket) => void socket.write(switching());
    await open(t);
    world.proxy.data.closeAllConnections();
    await over();
  });

  it("its room is given back once, and the breaker is told nothing", async (t) => {
    const socket = await open(t);
    assert.equal(statusOf(await sendRaw(world.port, handshake(HOST), 300)), 503, "there is room for one");
    socket.resetAndDestroy();
    await eventually(() => world.proxy.inFlight() === 0, "no request in flight");
    const next = await open(t);
    assert.equal(statusOf(await sendRaw(world.port, handshake(HOST), 300)), 503, "and for no more than one");
    next.resetAndDestroy();
    third!.destroy();
    // One failure would have opened MUTE's breaker in the tests before.
    const connected = world.internet.connected.length;
    begin(t, MUTE);
    await eventually(() => world.internet.connected.length > connected, "connected");
  });
});
