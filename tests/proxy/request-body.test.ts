import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CallerConnection } from "../../proxy-image/src/proxy/http1/client-connection";
import { RequestBody } from "../../proxy-image/src/proxy/forward/request-body";
import { parseRequestHead } from "../../proxy-image/src/proxy/message/request-head";
import type { Connection } from "../../proxy-image/src/proxy/http1/upstream-connection";

describe("a piece of a request's body", () => {
  const head = parseRequestHead("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n");

  /** Sends one piece. @returns what tells that it has been sent */
  function send(piece: Buffer): () => void {
    let sent: (() => void) | undefined;
    const caller = { read: () => undefined } as unknown as CallerConnection;
    const connection = {
      write(_piece: Buffer, then: () => void) {
        sent = then;
        return true;
      },
    } as unknown as Connection;
    const body = new RequestBody(
      caller,
      head,
      Infinity,
      () => undefined,
      () => undefined,
    );
    body.start(connection);
    body.onBody(piece);
    return sent!;
  }

  it("gives its memory back when it has been sent, and not before", () => {
    const piece = Buffer.alloc(9, "x");
    const sent = send(piece);
    assert.equal(piece.toString(), "xxxxxxxxx");
    const { buffer } = piece;
    sent();
    assert.equal(buffer.byteLength, 0);
  });

  it("keeps memory that holds more than itself", () => {
    const read = Buffer.from(new ArrayBuffer(20)).fill("y");
    send(read.subarray(0, 9))();
    assert.equal(read.toString(), "y".repeat(20));
  });
});
