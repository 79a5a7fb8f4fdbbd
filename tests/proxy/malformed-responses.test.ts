import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { TLSSocket } from "node:tls";
import { lines, sendRaw, statusOf } from "./support/raw-client";
import { type World, startWorld, upstream } from "./support/world";

const HOST = "raw.example.com";
/** Far longer than a test may take: what is noticed only by a time-out fails. */
const TIMEOUT = 30_000;

describe("a third party's response", () => {
  let world: World;
  let respond: (socket: TLSSocket) => void = () => undefined;
  const get = (quiet = 3_000) =>
    sendRaw(world.port, lines("GET / HTTP/1.1", `Host: ${HOST}.egress.local`, "Connection: close"), quiet);

  before(async () => {
    const timeouts = { connect: 2_000, response: TIMEOUT, idle: TIMEOUT };
    world = await startWorld({ [HOST]: upstream("raw-example-com", { timeouts }) });
    await world.internet.tls([HOST], (socket) => void socket.on("data", () => respond(socket)));
  });
  after(() => world.close());
  beforeEach(() => (world.log.length = 0));

  const neverAHead: [what: string, bytes: string][] = [
    ["bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"],
    ["a bare line feed in its fields", "HTTP/1.1 200 OK\r\nServer: a\nX: b\r\n"],
    ["a bare CR", "HTTP/1.1 200 OK\r\nServer: a\rb"],
    ["a NUL", "HTTP/1.1 200 OK\r\nServer: \0"],
    ["no status code", "HTTP/1.1 okay\r\n"],
    ["another version", "HTTP/2 200\r\n"],
    ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["a folded line", "HTTP/1.1 200 OK\r\nServer: a\r\n b\r\n"],
    ["a blank before a colon", "HTTP/1.1 200 OK\r\nServer : a\r\n"],
    ["no colon", "HTTP/1.1 200 OK\r\nServer\r\n"],
    ["empty lines without end", "\r\n".repeat(100)],
  ];
  for (const [what, bytes] of neverAHead) {
    for (const pieces of ["at once", "byte by byte"] as const) {
      it(`with ${what} is malformed at once, though its end never comes (${pieces})`, async () => {
        respond = (socket) => {
          const parts = pieces === "at once" ? [bytes] : bytes.split("");
          for (const part of parts) socket.write(part, "latin1");
        };
        const reply = await get();
        assert.equal(statusOf(reply), 502);
        assert.equal(world.log[0]?.error, "response-malformed");
      });
    }
  }

  const whole: [what: string, bytes: string][] = [
    [
      "an empty line too many behind 100",
      "HTTP/1.1 100 Continue\r\n\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ],
    ["empty lines before it", "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"],
    ["102 before it", "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"],
    [
      "an unknown interim response before it",
      "HTTP/1.1 199 Odd\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ],
    [
      "blanks around chunk extensions",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2 ;a=b\r\nok\r\n0 ; c\r\n\r\n",
    ],
    [
      "a chunk's size of 16 digits",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0000000000000002\r\nok\r\n0\r\n\r\n",
    ],
  ];
  for (const [what, bytes] of whole) {
    for (const pieces of ["at once", "byte by byte"] as const) {
      it(`with ${what} comes whole (${pieces})`, async () => {
        respond = (socket) => {
          const parts = pieces === "at once" ? [bytes] : bytes.split("");
          for (const part of parts) socket.write(part, "latin1");
        };
        const reply = await get();
        assert.equal(statusOf(reply), 200);
        assert.match(reply.text, /\r\nok(?:\r\n0\r\n\r\n)?$/);
        assert.equal(world.log[0]?.error, undefined);
      });
    }
  }

  const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const nothingGood: [what: string, bytes: string][] = [
    ["a chunk without CR", `${CHUNKED}2\nok\r\n0\r\n\r\n`],
    ["a chunk's size that is none", `${CHUNKED}xyz\r\n`],
    ["broken trailers and no body", `${CHUNKED}0\r\nA : b\r\n\r\n`],
  ];
  for (const [what, bytes] of nothingGood) {
    it(`with ${what} behind its head, before anything was sent: 502`, async () => {
      respond = (socket) => socket.write(bytes);
      const reply = await get();
      assert.equal(statusOf(reply), 502);
      assert.match(reply.text, /response-malformed/);
      assert.equal(reply.ended, "closed");
      assert.equal(world.log[0]?.status, 502);
    });
  }

  const someGood: [what: string, bytes: string][] = [
    ["its second chunk", `${CHUNKED}5\r\nhello\r\n2\nok\r\n0\r\n\r\n`],
    ["what follows a chunk", `${CHUNKED}5\r\nhello!!\r\n`],
    ["its trailers", `${CHUNKED}5\r\nhello\r\n0\r\nA : b\r\n\r\n`],
  ];
  for (const [what, bytes] of someGood) {
    it(`malformed in ${what}: its head and what was good arrive, then it is cut`, async () => {
      respond = (socket) => socket.write(bytes);
      const reply = await get();
      assert.equal(statusOf(reply), 200);
      assert.match(reply.text, /\r\n5\r\nhello\r\n$/);
      assert.equal(reply.ended, "closed");
      assert.equal(world.log[0]?.error, "response-malformed");
    });
  }

  it("larger than the upstream's limit, by its first piece: the failure and not a reset", async () => {
    const limited = await startWorld({
      [HOST]: upstream("raw-example-com", { maxBodyBytes: { response: 3 } }),
    });
    try {
      await limited.internet.tls([HOST], (socket) => {
        socket.once("data", () => socket.write(`${CHUNKED}5\r\nhello\r\n0\r\n\r\n`));
      });
      const reply = await sendRaw(limited.port, lines("GET / HTTP/1.1", `Host: ${HOST}.egress.local`), 500);
      assert.equal(statusOf(reply), 502);
      assert.match(reply.text, /response-too-large/);
    } finally {
      await limited.close();
    }
  });
});
