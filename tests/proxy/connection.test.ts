import type { UpstreamHandler } from "../../proxy-image/src/proxy/message/upstream-stream";
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import type { TLSSocket } from "node:tls";
import { setImmediate as turn } from "node:timers/promises";
import { ConnectionLostError } from "../../proxy-image/src/proxy/http1/upstream/connection-errors";
import { UpstreamConnection } from "../../proxy-image/src/proxy/http1/upstream/upstream-connection";
import type { OutgoingHead } from "../../proxy-image/src/proxy/message/upstream-stream";
import { ReadBuffer } from "../../proxy-image/src/proxy/http1/upstream/read-buffer";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
/** A request of which `HEAD` is the text. */
const GET: OutgoingHead = {
  method: "GET",
  target: "/",
  authority: "a",
  fields: [],
  body: "none",
  expectContinue: false,
  last: false,
  repeatable: true,
};
const HEAD = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/**
 * Stands in for a TLS socket, because what matters here is in which order one turn of the event loop brings things,
 * and that can't be chosen with a real one.
 */
class StandIn extends EventEmitter {
  readonly written: string[] = [];
  destroyed = false;
  /** What TLS has not told to be with the network yet. */
  writableLength = 0;
  readonly writable = true;

  write(text: string): boolean {
    this.written.push(text);
    this.writableLength += text.length;
    return true;
  }
  isPaused(): boolean {
    return false;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

function stage() {
  const socket = new StandIn();
  const readBuffer = new ReadBuffer();
  let released = 0;
  const connection = new UpstreamConnection(socket as unknown as TLSSocket, readBuffer, {
    released: () => released++,
    closed: () => undefined,
    explain: (error) => error,
  });
  const failures: Error[] = [];
  const heard: string[] = [];
  const handler: UpstreamHandler = {
    binding: { client: { onClose: () => () => undefined }, identity: "" },
    onStream: () => undefined,
    onHead: ({ status }) => heard.push(`head ${status}`),
    onBody: (piece) => heard.push(`body ${piece.toString()}`),
    onEnd: () => heard.push("end"),
    onRead: () => undefined,
    onDrain: () => undefined,
    onSent: () => heard.push("sent"),
    onFailure: (error, sent) => failures.push(sent ? error : new Error(`unsent: ${error.message}`)),
  };
  return {
    socket,
    connection,
    handler,
    failures,
    heard,
    released: () => released,
    receive: (text: string): void => {
      const buffer = readBuffer.onread.buffer();
      readBuffer.onread.callback(buffer.write(text, "latin1"), buffer);
    },
  };
}

describe("a connection to a third party", () => {
  it("sends a request without a body at the end of the turn, in one write", async () => {
    const { socket, connection, handler, heard, receive } = stage();
    connection.begin(handler, GET);
    assert.deepEqual(socket.written, []);
    await turn();
    assert.deepEqual(socket.written, [HEAD]);
    receive(OK);
    assert.deepEqual(heard, ["head 200", "body ok", "end"]);
  });

  it("takes nothing that comes before its request goes out for the answer", async () => {
    const { socket, connection, handler, failures, heard, receive, released } = stage();
    connection.begin(handler, GET);
    receive(OK);
    await turn();
    assert.ok(failures[0] instanceof ConnectionLostError);
    assert.equal(failures.length, 1);
    assert.deepEqual(heard, []);
    assert.ok(socket.destroyed);
    assert.deepEqual(socket.written, []);
    assert.equal(released(), 0);
  });

  it("sends nothing for a request that was given up in the same turn", async () => {
    const { socket, connection, handler, failures } = stage();
    connection.begin(handler, GET);
    connection.destroy();
    await turn();
    assert.deepEqual(socket.written, []);
    assert.deepEqual(failures, []);
  });

  it("is free after an answer that overtakes TLS's word that the request is with the network", async () => {
    const { socket, connection, handler, receive, released } = stage();
    connection.begin(handler, GET);
    await turn();
    assert.ok(socket.writableLength > 0);
    receive(OK);
    assert.equal(released(), 1);
    assert.ok(!socket.destroyed);
  });

  it("ends where requests pile up in front of a third party that answers and does not read", async () => {
    const { socket, connection, handler, receive, released } = stage();
    connection.begin(handler, GET);
    await turn();
    receive(OK);
    assert.equal(released(), 1);
    // The first one is still here.
    connection.begin(handler, GET);
    await turn();
    receive(OK);
    await turn();
    assert.equal(released(), 1);
    assert.ok(socket.destroyed);
  });

  it("is free at the end of the turn after a body that the network has taken by then", async () => {
    const { socket, connection, handler, receive, released } = stage();
    connection.begin(handler, { ...GET, body: { length: 4 } });
    await turn();
    connection.write(Buffer.from("body"));
    connection.end([]);
    receive(OK);
    assert.equal(released(), 0);
    socket.writableLength = 0;
    await turn();
    assert.equal(released(), 1);
    assert.ok(!socket.destroyed);
  });

  it("ends after a body that the network has not taken: it is perhaps never read", async () => {
    const { socket, connection, handler, receive, released } = stage();
    connection.begin(handler, { ...GET, body: { length: 4 } });
    await turn();
    connection.write(Buffer.from("body"));
    connection.end([]);
    receive(OK);
    await turn();
    assert.equal(released(), 0);
    assert.ok(socket.destroyed);
  });

  it("ends after an answer to half of a request", async () => {
    const { socket, connection, handler, receive, released } = stage();
    connection.begin(handler, { ...GET, body: { length: 4 } });
    receive(OK);
    await turn();
    assert.equal(released(), 0);
    assert.ok(socket.destroyed);
  });
});
