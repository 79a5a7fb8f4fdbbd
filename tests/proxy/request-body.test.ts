import { parseRequestHead } from "../../proxy-image/src/proxy/http1/client/parse-request-head";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BodySource } from "../../proxy-image/src/proxy/message/body";
import { RequestBody } from "../../proxy-image/src/proxy/forward/request-body";
import type { UpstreamStream } from "../../proxy-image/src/proxy/message/upstream-stream";

describe("a piece of a request's body", () => {
  const head = parseRequestHead("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n");

  /** Sends one piece. @returns what tells that it has been sent */
  function send(piece: Buffer): () => void {
    let sent: (() => void) | undefined;
    const client = { read: () => undefined } as unknown as BodySource;
    const stream = {
      write(_piece: Buffer, then: () => void) {
        sent = then;
        return true;
      },
    } as unknown as UpstreamStream;
    const body = new RequestBody(
      client,
      head,
      Infinity,
      () => undefined,
      () => undefined,
    );
    body.start(stream);
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
