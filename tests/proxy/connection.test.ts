import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import type { TLSSocket } from "node:tls";
import { setImmediate as turn } from "node:timers/promises";
import {
  Connection,
  ConnectionLostError,
  type Requester,
} from "../../proxy-image/src/proxy/http1/upstream-connection";
import { Inbox } from "../../proxy-image/src/proxy/http1/read-buffer";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
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
  const inbox = new Inbox();
  let released = 0;
  const connection = new Connection(socket as unknown as TLSSocket, inbox, {
    released: () => released++,
    closed: () => undefined,
  });
  const failures: Error[] = [];
  const heard: string[] = [];
  const requester: Requester = {
    binding: { client: { onClose: () => () => undefined }, identity: "" },
    onConnection: () => undefined,
    onHead: ({ status }) => heard.push(`head ${status}`),
    onBody: (piece) => heard.push(`body ${piece.toString()}`),
    onEnd: () => heard.push("end"),
    onRead: () => undefined,
    onDrain: () => undefined,
    onFailure: (error) => failures.push(error),
  };
  return {
    socket,
    connection,
    requester,
    failures,
    heard,
    released: () => released,
    receive: (text: string): void => {
      const buffer = inbox.onread.buffer();
      inbox.onread.callback(buffer.write(text, "latin1"), buffer);
    },
  };
}

describe("a connection to a third party", () => {
  it("sends a request without a body at the end of the turn, in one write", async () => {
    const { socket, connection, requester, heard, receive } = stage();
    connection.request(requester, HEAD, false, false);
    assert.deepEqual(socket.written, []);
    await turn();
    assert.deepEqual(socket.written, [HEAD]);
    receive(OK);
    assert.deepEqual(heard, ["head 200", "body ok", "end"]);
  });

  it("takes nothing that comes before its request goes out for the answer", async () => {
    const { socket, connection, requester, failures, heard, receive, released } = stage();
    connection.request(requester, HEAD, false, false);
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
    const { socket, connection, requester, failures } = stage();
    connection.request(requester, HEAD, false, false);
    connection.destroy();
    await turn();
    assert.deepEqual(socket.written, []);
    assert.deepEqual(failures, []);
  });

  it("is free after an answer that overtakes TLS's word that the request is with the network", async () => {
    const { socket, connection, requester, receive, released } = stage();
    connection.request(requester, HEAD, false, false);
    await turn();
    assert.ok(socket.writableLength > 0);
    receive(OK);
    assert.equal(released(), 1);
    assert.ok(!socket.destroyed);
  });

  it("ends where requests pile up in front of a third party that answers and does not read", async () => {
    const { socket, connection, requester, receive, released } = stage();
    connection.request(requester, HEAD, false, false);
    await turn();
    receive(OK);
    assert.equal(released(), 1);
    // The first one is still here.
    connection.request(requester, HEAD, false, false);
    await turn();
    receive(OK);
    await turn();
    assert.equal(released(), 1);
    assert.ok(socket.destroyed);
  });

  it("is free at the end of the turn after a body that the network has taken by then", async () => {
    const { socket, connection, requester, receive, released } = stage();
    connection.begin(requester, HEAD, false, false);
    connection.write(Buffer.from("body"));
    connection.finish();
    receive(OK);
    assert.equal(released(), 0);
    socket.writableLength = 0;
    await turn();
    assert.equal(released(), 1);
    assert.ok(!socket.destroyed);
  });

  it("ends after a body that the network has not taken: it is perhaps never read", async () => {
    const { socket, connection, requester, receive, released } = stage();
    connection.begin(requester, HEAD, false, false);
    connection.write(Buffer.from("body"));
    connection.finish();
    receive(OK);
    await turn();
    assert.equal(released(), 0);
    assert.ok(socket.destroyed);
  });

  it("ends after an answer to half of a request", async () => {
    const { socket, connection, requester, receive, released } = stage();
    connection.begin(requester, HEAD, false, false);
    receive(OK);
    await turn();
    assert.equal(released(), 0);
    assert.ok(socket.destroyed);
  });
});
