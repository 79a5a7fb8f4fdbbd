import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** RFC 6455, section 1.3. */
const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const TEXT = 0x1;
const CLOSE = 0x8;
const FINAL = 0x80;
const LENGTH_MASK = 0x7f;

/** Accepts a WebSocket and sends every short frame back. */
export function echoWebSocket(request: IncomingMessage, socket: Duplex): void {
  const key = request.headers["sec-websocket-key"] ?? "";
  const accept = createHash("sha1")
    .update(key + ACCEPT_SUFFIX)
    .digest("base64");
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n" +
      `sec-websocket-accept: ${accept}\r\n\r\n`,
  );
  let pending: Buffer = Buffer.alloc(0);
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let frame = takeFrame(pending); frame; frame = takeFrame(pending)) {
      pending = pending.subarray(frame.size);
      socket.write(Buffer.concat([Buffer.from([FINAL | frame.type, frame.payload.length]), frame.payload]));
      if (frame.type === CLOSE) socket.end();
    }
  });
}

/** The first whole frame. RFC 6455, section 5.2: a client's frames carry a mask of four bytes. */
function takeFrame(data: Buffer): { type: number; payload: Buffer; size: number } | undefined {
  if (data.length < 6) return undefined;
  const length = data.readUInt8(1) & LENGTH_MASK;
  const size = 6 + length;
  if (data.length < size) return undefined;
  const mask = data.subarray(2, 6);
  const payload = Buffer.from(data.subarray(6, size).map((byte, i) => byte ^ mask[i % 4]!));
  return { type: data.readUInt8(0) & 0xf || TEXT, payload, size };
}
