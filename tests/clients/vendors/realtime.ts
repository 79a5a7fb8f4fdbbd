import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";
import { type Vendor, sendJson } from "../stage/vendor";

/** Fixed by RFC 6455 §1.3. */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const CLOSE = 8;

/** A WebSocket API that sends every short message back (RFC 6455). */
export const realtime: Vendor = {
  hosts: ["realtime.example.com"],
  policy: { allow: [{ paths: ["/v1/*"] }], websockets: { maxAge: 3_600_000 } },
  handle(_, response) {
    sendJson(response, { message: "this is a WebSocket API" }, 426, { upgrade: "websocket" });
  },
  upgrade({ headers }, socket) {
    const accept = createHash("sha1").update(`${headers["sec-websocket-key"]}${KEY_SUFFIX}`).digest("base64");
    const lines = ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${accept}`];
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
    echo(socket);
  },
};

function echo(socket: Duplex): void {
  let buffer = Buffer.alloc(0);
  socket.on("data", (data: Buffer) => {
    buffer = Buffer.concat([buffer, data]);
    // Opcode, length below 126 with the mask's bit, mask, payload (§5.2).
    while (buffer.length >= 6 && buffer.length >= 6 + (buffer[1]! & 0x7f)) {
      const length = buffer[1]! & 0x7f;
      const mask = buffer.subarray(2, 6);
      const payload = buffer.subarray(6, 6 + length).map((byte, i) => byte ^ mask[i % 4]!);
      socket.write(Buffer.concat([Buffer.from([buffer[0]!, length]), payload]));
      if ((buffer[0]! & 0x0f) === CLOSE) socket.end();
      buffer = buffer.subarray(6 + length);
    }
  });
}
