import { failExchange } from "../../proxy-image/src/proxy/exchange/fail";
import assert from "node:assert/strict";
import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { type TestContext, describe, it } from "node:test";
import {
  CLIENT_TIMEOUTS,
  type ClientTimeouts,
} from "../../proxy-image/src/proxy/http1/client/client-timeouts";
import { DataServer } from "../../proxy-image/src/proxy/server/data-server";
import { malformedHost, notListed } from "../../proxy-image/src/proxy/errors/failures";
import type { Exchange } from "../../proxy-image/src/proxy/exchange/exchange";
import { Exchanges } from "../../proxy-image/src/proxy/observe/exchanges";
import { lines, sendRaw, statusOf } from "./support/raw-client";
import { eventually } from "./support/world";

const HOST = "Host: a";
const GET = lines("GET / HTTP/1.1", HOST);

/** A server for clients whose exchanges a test decides. */
interface Clients {
  port: number;
  server: DataServer;
  /** Exchanges that have ended. */
  ended: Exchange[];
  unreadable: string[];
}

async function serve(
  t: TestContext,
  decide: (exchange: Exchange) => void,
  timeouts: Partial<ClientTimeouts> = {},
): Promise<Clients> {
  const ended: Exchange[] = [];
  const unreadable: string[] = [];
  const observer = {
    begin: (exchange: Exchange) => exchange,
    end: (exchange: Exchange) => void ended.push(exchange),
    unreadable: ({ name }: { name: string }) => void unreadable.push(name),
    exchanges: new Exchanges(),
    lastBegan: 0,
  };
  const server = new DataServer(
    decide,
    observer,
    { headerBytes: 16_384, headerFields: 100 },
    { ...CLIENT_TIMEOUTS, checkEvery: 20, ...timeouts },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, server, ended, unreadable };
}

/** Answers with the request's target. */
function echo({ response, head }: Exchange): void {
  response.begin(200, ["Content-Length", String(head.target.length)]);
  response.end(head.target);
}

const get = (path: string, ...fields: string[]): string => lines(`GET ${path} HTTP/1.1`, HOST, ...fields);

/** The status lines of all answers. */
const statuses = (text: string): string[] => text.match(/HTTP\/1\.1 \d{3}/g) ?? [];

describe("a client's connection", () => {
  describe("pipelined requests", () => {
    it("are answered in their order, one after the other", async (t) => {
      let open = 0;
      const { port } = await serve(t, (exchange) => {
        assert.equal(++open, 1);
        // The first takes longest.
        const answer = (): void => {
          open--;
          echo(exchange);
        };
        setTimeout(answer, exchange.head.target === "/1" ? 50 : 0);
      });
      const { text } = await sendRaw(port, get("/1") + get("/2") + get("/3", "Connection: close"));
      assert.deepEqual(text.match(/\/\d$|\/\d(?=HTTP)/g), ["/1", "/2", "/3"]);
    });

    it("a thousand at once need no stack of their own", async (t) => {
      const { port, ended } = await serve(t, (exchange) => failExchange(exchange, notListed));
      const { text } = await sendRaw(port, GET.repeat(1_000) + get("/", "Connection: close"), 5_000);
      assert.equal(statuses(text).length, 1_001);
      assert.equal(ended.length, 1_001);
    });

    it("end with one that closes", async (t) => {
      const { port, ended } = await serve(t, (exchange) => {
        if (exchange.head.target === "/bad") failExchange(exchange, malformedHost);
        else if (exchange.head.target === "/last") {
          exchange.response.close();
          echo(exchange);
        } else echo(exchange);
      });
      const reply = await sendRaw(port, get("/1") + get("/bad") + get("/last") + get("/4"));
      assert.deepEqual(statuses(reply.text), ["HTTP/1.1 200", "HTTP/1.1 400", "HTTP/1.1 200"]);
      assert.equal(reply.ended, "closed");
      assert.equal(ended.length, 3);
    });
  });

  it("serves many requests", async (t) => {
    const { port, ended } = await serve(t, echo);
    const socket = net.connect(port, "127.0.0.1");
    for (let i = 0; i < 300; i++) {
      socket.write(get(`/${i}`));
      const [bytes] = (await once(socket, "data")) as [Buffer];
      assert.match(bytes.toString(), new RegExp(`Connection: keep-alive[^]*/${i}$`));
    }
    socket.destroy();
    assert.equal(ended.length, 300);
  });

  describe("ends with the answer", () => {
    const last: [string, string][] = [
      ["Connection: close", get("/", "Connection: close")],
      ["close among other options", get("/", "Connection: x, CLOSE ,y")],
      ["HTTP/1.0", lines("GET / HTTP/1.0", HOST)],
      ["HTTP/1.0 that wants more", lines("GET / HTTP/1.0", HOST, "Connection: keep-alive")],
    ];
    for (const [name, request] of last) {
      it(name, async (t) => {
        const { port } = await serve(t, echo);
        const { text, ended } = await sendRaw(port, request + GET);
        assert.deepEqual(statuses(text), ["HTTP/1.1 200"]);
        assert.match(text, /\r\nConnection: close\r\n/);
        assert.equal(ended, "closed");
      });
    }
  });

  it("HTTP/1.0 gets no chunks: the end of the connection is the end of the body", async (t) => {
    const { port } = await serve(t, ({ response }) => {
      response.begin(200, []);
      response.write(Buffer.from("one "));
      response.write(Buffer.from("two"));
      response.end();
    });
    const { text, ended } = await sendRaw(port, lines("GET / HTTP/1.0", HOST));
    assert.match(text, /\r\n\r\none two$/);
    assert.equal(ended, "closed");
  });

  for (const [method, status] of [
    ["HEAD", 200],
    ["GET", 204],
    ["GET", 304],
  ] as const) {
    it(`${method} with ${status} has no body, whatever is written`, async (t) => {
      const { port } = await serve(t, ({ response }) => {
        response.begin(status, []);
        response.write(Buffer.from("body"));
        response.end("body");
      });
      const request = lines(`${method} / HTTP/1.1`, HOST);
      const { text } = await sendRaw(port, request + request, 200);
      assert.equal(statuses(text).length, 2);
      assert.equal(text.includes("body"), false);
      assert.equal(/transfer-encoding/i.test(text), false);
    });
  }

  it("an answer's head goes out before its body, and its trailers behind it", async (t) => {
    let exchange: Exchange | undefined;
    const { port } = await serve(t, (one) => {
      exchange = one;
      one.response.earlyHints(["Link", "</a>"]);
      one.response.begin(200, ["Content-Type", "text/event-stream"]);
      one.response.flush();
    });
    const socket = net.connect(port, "127.0.0.1");
    let text = "";
    socket.on("data", (bytes: Buffer) => (text += bytes.toString()));
    socket.write(GET);
    await eventually(() => /^HTTP\/1\.1 103 [^]*HTTP\/1\.1 200 [^]*\r\n\r\n$/.test(text), "the head");
    text = "";
    exchange!.response.write(Buffer.from("data: 1\n\n"));
    await eventually(() => text === "9\r\ndata: 1\n\n\r\n", "the first event");
    text = "";
    exchange!.response.end("", [["X-Sum", "1"]]);
    await eventually(() => text === "0\r\nX-Sum: 1\r\n\r\n", "the end");
    socket.destroy();
  });

  it("HTTP/1.0 gets no interim answers", async (t) => {
    const { port } = await serve(t, (exchange) => {
      exchange.response.earlyHints(["Link", "</a>"]);
      assert.equal(exchange.head.expect, undefined);
      echo(exchange);
    });
    const { text } = await sendRaw(port, lines("GET / HTTP/1.0", HOST, "Expect: 100-continue"));
    assert.deepEqual(statuses(text), ["HTTP/1.1 200"]);
  });

  describe("a client that waits for leave to send its body", () => {
    const expecting = lines("POST / HTTP/1.1", HOST, "Content-Length: 37", "Expect: 100-continue");

    it("can't be taken at its word after a refusal, so the connection ends", async (t) => {
      const { port, ended } = await serve(t, (exchange) => failExchange(exchange, notListed));
      // It sends its next request instead of the body.
      const { text, ended: how } = await sendRaw(port, expecting + GET + GET, 500);
      assert.deepEqual(statuses(text), ["HTTP/1.1 403"]);
      assert.match(text, /\r\nConnection: close\r\n/);
      assert.equal(how, "closed");
      assert.equal(ended.length, 1);
    });

    it("is kept when it got leave", async (t) => {
      const { port } = await serve(t, (exchange) => {
        if (!exchange.head.hasBody) {
          echo(exchange);
          return;
        }
        exchange.response.continue();
        exchange.stream.read({ onBody: () => undefined, onEnd: () => echo(exchange) });
      });
      const { text } = await sendRaw(port, `${expecting}${"x".repeat(37)}${GET}`, 200);
      assert.deepEqual(statuses(text), ["HTTP/1.1 100", "HTTP/1.1 200", "HTTP/1.1 200"]);
    });
  });

  describe("patience", () => {
    it("a head that comes slowly: 408", async (t) => {
      const { port, unreadable } = await serve(t, echo, { headers: 150 });
      const socket = net.connect(port, "127.0.0.1");
      let text = "";
      socket.on("data", (bytes: Buffer) => (text += bytes.toString())).on("error", () => undefined);
      const began = performance.now();
      // Each byte in time does not help.
      const dribble = setInterval(() => socket.write("A"), 20);
      await once(socket, "end");
      clearInterval(dribble);
      assert.match(text, /^HTTP\/1\.1 408 /);
      assert.ok(performance.now() - began < 1_000);
      assert.deepEqual(unreadable, ["request-timeout"]);
    });

    it("empty lines are no progress", async (t) => {
      const { port, ended } = await serve(t, echo, { headers: 150 });
      const socket = net.connect(port, "127.0.0.1");
      socket.on("error", () => undefined).resume();
      const dribble = setInterval(() => socket.write("\r\n"), 20);
      t.after(() => clearInterval(dribble));
      // Not by `once`: what is written while the other side closes may bring a reset first.
      await new Promise((resolve) => socket.on("close", resolve));
      assert.equal(ended.length, 0);
    });

    it("an idle connection ends later than the client was told", async (t) => {
      assert.ok(CLIENT_TIMEOUTS.keepAlive > 75_000);
      const { port } = await serve(t, echo, { keepAlive: 100 });
      const { text, ended } = await sendRaw(port, GET);
      assert.deepEqual(statuses(text), ["HTTP/1.1 200"]);
      assert.match(text, /\r\nKeep-Alive: timeout=75\r\n/);
      assert.equal(ended, "closed");
    });

    for (const upgrade of [[], ["Upgrade: websocket"]]) {
      it(`a client that does not take an answer's end is cut${upgrade.length ? ", after an upgrade too" : ""}`, async (t) => {
        const { port, ended, server } = await serve(
          t,
          ({ response }) => {
            response.begin(200, []);
            response.write(Buffer.alloc(16 << 20));
            response.end();
          },
          { flush: 150 },
        );
        const socket = net.connect(port, "127.0.0.1");
        socket.on("error", () => undefined).pause();
        socket.write(get("/", ...upgrade));
        await eventually(() => ended.length === 1, "ended");
        const connections = await new Promise((resolve) =>
          server.getConnections((_, count) => resolve(count)),
        );
        assert.equal(connections, 0);
        socket.destroy();
      });
    }

    it("what is sent behind a refusal is read for a while, so that the refusal arrives", async (t) => {
      const { port } = await serve(t, (exchange) => failExchange(exchange, notListed), { linger: 150 });
      const body = `${lines("POST / HTTP/1.1", HOST, "Content-Length: 90000000")}${"x".repeat(1 << 20)}`;
      const began = performance.now();
      const reply = await sendRaw(port, body);
      assert.equal(statusOf(reply), 403);
      assert.equal(reply.ended, "closed");
      assert.ok(performance.now() - began >= 150);
    });

    it("a chunked body that breaks its coding behind a refusal does not take the refusal with it", async (t) => {
      const { port } = await serve(t, (exchange) => failExchange(exchange, notListed));
      const reply = await sendRaw(
        port,
        `${lines("POST / HTTP/1.1", HOST, "Transfer-Encoding: chunked")}nonsense\r\n${"x".repeat(1 << 20)}`,
      );
      assert.deepEqual(statuses(reply.text), ["HTTP/1.1 403"]);
      assert.equal(reply.ended, "closed");
    });
  });

  it("an exchange ends once, also when the client leaves before its answer does", async (t) => {
    let left: Exchange | undefined;
    const { port, ended } = await serve(t, (exchange) => (left = exchange));
    const socket = net.connect(port, "127.0.0.1");
    socket.write(GET);
    await eventually(() => left !== undefined, "a request");
    socket.destroy();
    await eventually(() => ended.length === 1, "the end");
    echo(left!);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(ended.length, 1);
  });

  it("a head may come in three pieces, wherever it is cut", async (t) => {
    const { port } = await serve(t, echo);
    const head = get("/cut", "A: b", "Connection: close");
    const answers = await Promise.all(
      Array.from({ length: head.length - 2 }, async (_, index) => {
        const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
        socket.write(head.slice(0, index + 1));
        setTimeout(() => socket.write(head[index + 1]!), 50);
        setTimeout(() => socket.write(head.slice(index + 2)), 100);
        let text = "";
        socket.on("data", (bytes: Buffer) => (text += bytes.toString()));
        await once(socket, "close");
        return statuses(text).join();
      }),
    );
    assert.deepEqual(new Set(answers), new Set(["HTTP/1.1 200"]));
  });

  it("chunks of one byte come together", async (t) => {
    const pieces: string[] = [];
    const { port } = await serve(t, (exchange) =>
      exchange.stream.read({
        onBody: (piece) => void pieces.push(piece.toString()),
        onEnd: () => echo(exchange),
      }),
    );
    const body = `${"1\r\nx\r\n".repeat(2_000)}0\r\n\r\n`;
    await sendRaw(
      port,
      lines("POST / HTTP/1.1", HOST, "Transfer-Encoding: chunked", "Connection: close") + body,
    );
    assert.equal(pieces.join(""), "x".repeat(2_000));
    assert.ok(pieces.length <= 4, `${pieces.length} pieces`);
  });
});
