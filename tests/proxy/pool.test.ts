import type { ResponseHead } from "../../proxy-image/src/proxy/message/response-head";
import type { UpstreamHandler, UpstreamStream } from "../../proxy-image/src/proxy/message/upstream-stream";
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type TestContext, describe, it } from "node:test";
import tls, { type TLSSocket } from "node:tls";
import { ReadBuffer } from "../../proxy-image/src/proxy/http1/upstream/read-buffer";
import { Pool } from "../../proxy-image/src/proxy/upstream/pool";
import { authority, eventually } from "./support/world";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** A request that is sent as soon as it has a connection. */
class Asking implements UpstreamHandler {
  stream: UpstreamStream | undefined;
  status = 0;
  body = "";
  ended = false;
  failure: Error | undefined;

  readonly binding = { client: { onClose: () => () => undefined }, identity: "" };

  constructor(readonly path: string) {}

  onStream(stream: UpstreamStream): void {
    this.stream = stream;
    const { path: target } = this;
    const none = { fields: [], body: "none", expectContinue: false, last: false, repeatable: true } as const;
    stream.begin(this, { method: "GET", target, authority: "a", ...none });
  }
  onHead({ status }: ResponseHead): void {
    this.status = status;
  }
  onBody(piece: Buffer): void {
    this.body += piece.toString();
  }
  onEnd(): void {
    this.ended = true;
  }
  onRead(): void {
    // Nothing of it waits.
  }
  onDrain(): void {
    // It has no body.
  }
  onSent(): void {
    // As above.
  }
  onFailure(error: Error): void {
    this.failure = error;
  }
}

/** A third party that answers when the test says so, and a pool of connections to it. */
interface Stage {
  pool: Pool;
  /** Requests that wait for their answer: path and connection, in the order in which they came. */
  asked: { path: string; socket: TLSSocket }[];
  /** Dials so far. */
  readonly dials: () => number;
  /** Connections at the third party. */
  open: Set<TLSSocket>;
  /** Begins a request. */
  readonly ask: (path: string) => Asking;
  /** Answers the request that has waited longest. */
  readonly answer: (text?: string) => void;
}

/** The third party's, as long as DNS says nothing else. */
const ADDRESS = "192.0.2.1";

async function stage(
  t: TestContext,
  most: number,
  refuse: () => boolean = () => false,
  maxAge?: number,
): Promise<Stage> {
  const asked: Stage["asked"] = [];
  const open = new Set<TLSSocket>();
  let dials = 0;
  const server = tls.createServer(authority.issue(["a"]), (socket) => {
    open.add(socket);
    socket.on("error", () => undefined).on("close", () => open.delete(socket));
    socket.on("data", (bytes: Buffer) => asked.push({ path: bytes.toString().split(" ")[1]!, socket }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const pool = new Pool(
    async () => {
      const readBuffer = new ReadBuffer();
      dials++;
      if (refuse()) throw new Error("refused");
      const options = {
        host: "127.0.0.1",
        port,
        servername: "a",
        ca: authority.ca,
        onread: readBuffer.onread,
      };
      const socket = tls.connect(options as tls.ConnectionOptions);
      await once(socket, "secureConnect");
      return { socket, readBuffer, address: ADDRESS };
    },
    most,
    maxAge,
  );
  t.after(() => {
    pool.destroy();
    for (const socket of open) socket.destroy();
    server.close();
  });
  return {
    pool,
    asked,
    open,
    dials: () => dials,
    ask(path) {
      const asking = new Asking(path);
      pool.request(asking);
      return asking;
    },
    answer: (text = OK) => void asked.shift()!.socket.write(text),
  };
}

describe("a pool of connections", () => {
  it("beyond the most, requests wait, and the first goes first", async (t) => {
    const { ask, asked, answer, dials } = await stage(t, 2);
    const all = ["/1", "/2", "/3", "/4"].map(ask);
    await eventually(() => asked.length === 2, "two are asked");
    const seen = asked.map(({ path }) => path).sort();
    for (const path of ["/3", "/4"]) {
      answer();
      await eventually(() => asked.at(-1)?.path === path, `${path} is asked`);
      seen.push(path);
    }
    answer();
    answer();
    await eventually(() => all.every(({ ended }) => ended), "answers");
    assert.deepEqual(seen, ["/1", "/2", "/3", "/4"]);
    assert.equal(dials(), 2);
    assert.deepEqual(
      all.map(({ body }) => body),
      ["ok", "ok", "ok", "ok"],
    );
  });

  it("a dial that fails fails one request, and the others dial for themselves", async (t) => {
    let refused = 0;
    const { ask, asked } = await stage(t, 1, () => refused++ === 0);
    const [first, second] = ["/1", "/2"].map(ask) as [Asking, Asking];
    await eventually(() => asked.length === 1, "the other is asked");
    assert.match(String(first.failure), /refused/);
    assert.equal(second.failure, undefined);
    assert.equal(asked[0]!.path, "/2");
  });

  it("what is cancelled while it waits is not sent, and its connection is there for the next", async (t) => {
    const { ask, asked, pool, dials, open } = await stage(t, 5);
    pool.cancel(ask("/cancelled"));
    await eventually(() => open.size === 1, "a connection");
    await new Promise((resolve) => setTimeout(resolve, 50));
    pool.sweep(performance.now());
    ask("/next");
    await eventually(() => asked.length === 1, "one is asked");
    assert.equal(asked[0]!.path, "/next");
    assert.equal(dials(), 1);
  });

  it("a request waits a little for a connection in use before another is connected", async (t) => {
    const { ask, asked, answer, dials } = await stage(t, 5);
    // Compilers have run: the answer must be quicker than the wait.
    for (let i = 0; i < 20; i++) {
      const warm = ask("/warm");
      await eventually(() => asked.length === 1, "asked");
      answer();
      await eventually(() => warm.ended, "answered");
    }
    ask("/1");
    await eventually(() => asked.length === 1, "one is asked");
    answer();
    const next = ask("/2");
    await eventually(() => asked.length === 1, "the other is asked");
    answer();
    await eventually(() => next.ended, "answered");
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(dials(), 1);
  });

  it("but not for long", async (t) => {
    const { ask, asked, dials } = await stage(t, 5);
    ask("/1");
    await eventually(() => asked.length === 1, "one is asked");
    ask("/2");
    assert.equal(dials(), 1);
    await eventually(() => asked.length === 2, "the other is asked");
    assert.equal(dials(), 2);
  });

  it("connections become more step by step, not all at once", async (t) => {
    const { ask, asked, dials } = await stage(t, 100);
    for (let i = 0; i < 60; i++) ask(`/${i}`);
    assert.ok(dials() <= 4, `${dials()} at once`);
    await eventually(() => asked.length === 60, "all are asked");
    assert.equal(dials(), 60);
  });

  it("a connection that breaks makes room for one that waits", async (t) => {
    const { ask, asked } = await stage(t, 1);
    const [first] = ["/1", "/2"].map(ask) as [Asking];
    await eventually(() => asked.length === 1, "one is asked");
    asked.shift()!.socket.destroy();
    await eventually(() => asked.length === 1, "the other is asked");
    assert.ok(first.failure);
  });

  for (const [name, answer, sweepAt, kept] of [
    ["is kept for 55 s", OK, 54_000, true],
    ["and no longer", OK, 55_100, false],
    [
      "is closed before the third party's own time",
      OK.replace("\r\n", "\r\nKeep-Alive: timeout=5, max=9\r\n"),
      3_100,
      false,
    ],
    [
      "is kept for longer where it says so",
      OK.replace("\r\n", "\r\nKeep-Alive: timeout=60\r\n"),
      57_000,
      true,
    ],
    ["is not kept for ever", OK.replace("\r\n", "\r\nKeep-Alive: timeout=999999\r\n"), 60_100, false],
    ["is closed where its time is too short", OK.replace("\r\n", "\r\nKeep-Alive: timeout=2\r\n"), 0, false],
    ["is closed where it says so", OK.replace("\r\n", "\r\nConnection: x, CLOSE\r\n"), 0, false],
    ["is closed behind HTTP/1.0", OK.replace("1.1", "1.0"), 0, false],
    ["is closed when more came than the answer", `${OK}HTTP/1.1 200 OK\r\n`, 0, false],
  ] as const) {
    it(`an idle connection ${name}`, async (t) => {
      const { ask, asked, pool, answer: send, open, dials } = await stage(t, 5);
      const asking = ask("/1");
      await eventually(() => asked.length === 1, "asked");
      send(answer);
      await eventually(() => asking.ended, "answered");
      pool.sweep(performance.now() + sweepAt);
      if (!kept) await eventually(() => open.size === 0, "closed");
      ask("/2");
      await eventually(() => asked.length === 1, "asked again");
      assert.equal(dials(), kept ? 1 : 2);
    });
  }

  it("bytes that nobody asked for are nobody's answer", async (t) => {
    const { ask, asked, answer, open } = await stage(t, 5);
    const first = ask("/1");
    await eventually(() => asked.length === 1, "asked");
    answer();
    await eventually(() => first.ended, "answered");
    for (const socket of open) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad");
    await eventually(() => open.size === 0, "closed");
    const second = ask("/2");
    await eventually(() => asked.length === 1, "asked again");
    answer();
    await eventually(() => second.ended, "answered");
    assert.equal(second.body, "ok");
  });

  describe("as time passes", () => {
    /** A clock that the test sets forward. */
    const clock = (t: TestContext): ((milliseconds: number) => void) => {
      const real = performance.now.bind(performance);
      let ahead = 0;
      t.mock.method(performance, "now", () => real() + ahead);
      return (milliseconds) => (ahead += milliseconds);
    };
    const request = async ({ ask, asked, answer }: Stage, path: string): Promise<void> => {
      const asking = ask(path);
      await eventually(() => asked.length === 1, "asked");
      answer();
      await eventually(() => asking.ended, "answered");
    };

    it("a connection that is too old takes no new request", async (t) => {
      const pass = clock(t);
      const one = await stage(t, 5, undefined, 60_000);
      await request(one, "/1");
      pass(59_000);
      await request(one, "/2");
      assert.equal(one.dials(), 1);
      pass(2_000);
      await request(one, "/3");
      assert.equal(one.dials(), 2);
      await eventually(() => one.open.size === 1, "the old one is closed");
    });

    it("nor does one that becomes too old while requests wait", async (t) => {
      const pass = clock(t);
      const { ask, asked, answer, dials } = await stage(t, 1, undefined, 60_000);
      const all = ["/1", "/2"].map(ask);
      await eventually(() => asked.length === 1, "asked");
      pass(61_000);
      answer();
      await eventually(() => asked.length === 1, "asked again");
      answer();
      await eventually(() => all.every(({ ended }) => ended), "answered");
      assert.equal(dials(), 2);
    });

    it("nor does one to an address that has left DNS for a while", async (t) => {
      const pass = clock(t);
      const one = await stage(t, 5);
      const review = (...addresses: string[]) => one.pool.review(addresses, performance.now());
      review(ADDRESS);
      await request(one, "/1");
      review("192.0.2.2");
      pass(29_000);
      review("192.0.2.2");
      await request(one, "/2");
      assert.equal(one.dials(), 1);
      pass(2_000);
      review("192.0.2.2");
      await eventually(() => one.open.size === 0, "closed");
      await request(one, "/3");
      assert.equal(one.dials(), 2);
    });

    it("names that show some of their addresses each time keep their connections", async (t) => {
      const pass = clock(t);
      const one = await stage(t, 5);
      await request(one, "/1");
      for (const address of [ADDRESS, "192.0.2.2", ADDRESS, "192.0.2.2", ADDRESS]) {
        one.pool.review([address], performance.now());
        pass(20_000);
      }
      await request(one, "/2");
      assert.equal(one.dials(), 1);
    });
  });

  it("closed, it finishes what is under way and keeps nothing", async (t) => {
    const { ask, asked, pool, answer, open } = await stage(t, 5);
    const asking = ask("/1");
    await eventually(() => asked.length === 1, "asked");
    pool.close();
    answer();
    await eventually(() => asking.ended && open.size === 0, "answered and closed");
    assert.equal(asking.body, "ok");
  });
});
