import net from "node:net";
import { EVENT, MESSAGE, REPLY, type Streams } from "./streams";

/** Plain sockets, as in `open-loop.ts`. The framing of a chunked response counts as nothing: events are found by text. */
const { kind, port, path, headers, connections, seconds } = JSON.parse(process.argv[2]!) as Streams;

const UPGRADE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
};
const STATUS = kind === "events" ? "HTTP/1.1 200 " : "HTTP/1.1 101 ";
const fields = Object.entries({ ...headers, ...(kind === "messages" && UPGRADE) });
const REQUEST = `GET ${path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;

let received = 0;

function open(): void {
  const socket = net.connect({ port, host: "127.0.0.1", noDelay: true }, () => socket.write(REQUEST));
  let head = "";
  let begun = false;
  let bytes = 0;
  socket.on("error", fail);
  socket.on("end", () => fail(new Error("a stream ended")));
  socket.on("data", (chunk) => {
    if (begun) {
      take(chunk);
      return;
    }
    head += chunk.toString("latin1");
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) return;
    if (!head.startsWith(STATUS)) fail(new Error(head));
    begun = true;
    if (kind === "messages") socket.write(MESSAGE);
    take(Buffer.from(head.slice(end + 4), "latin1"));
  });

  function take(chunk: Buffer): void {
    if (kind === "events") {
      for (let at = chunk.indexOf("data: "); at !== -1; at = chunk.indexOf("data: ", at + EVENT.length))
        received++;
      return;
    }
    bytes += chunk.length;
    for (; bytes >= REPLY.length; bytes -= REPLY.length) {
      received++;
      socket.write(MESSAGE);
    }
  }
}

function fail(error: Error): never {
  console.error(error);
  process.exit(1);
}

for (let i = 0; i < connections; i++) open();
setTimeout(() => {
  console.log(received);
  process.exit(0);
}, seconds * 1_000);
