import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { EVENT, EVENTS_EVERY, MESSAGE, REPLY } from "../load/streams";

/**
 * The third party's streams, in plain HTTP behind its nginx: server-sent events at a fixed rate, and a WebSocket that
 * sends one message for each that it gets.
 */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const server = createServer((_request, response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream", "X-Accel-Buffering": "no" });
  const timer = setInterval(() => response.write(EVENT), EVENTS_EVERY);
  response.on("close", () => clearInterval(timer));
});

server.on("upgrade", (request, socket) => {
  const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${GUID}`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let received = 0;
  socket.on("data", (bytes: Buffer) => {
    received += bytes.length;
    for (; received >= MESSAGE.length; received -= MESSAGE.length) socket.write(REPLY);
  });
  socket.on("error", () => undefined);
});

server.listen(process.env.BENCH_STREAMS);
