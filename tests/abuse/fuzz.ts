import net from "node:net";
import { startWorld, upstream } from "../proxy/support/world";
import { ask } from "../proxy/support/client";
import { random } from "../proxy/support/random";
import { type Figure, count, each } from "./figure";

/** Milliseconds after which a connection counts as hung, once the client has said that it will send no more. */
const HUNG = 5_000;

const SEEDS = [
  "GET / HTTP/1.1\r\nHost: api.example.com.egress.local\r\n\r\n",
  "POST /a?b=c HTTP/1.1\r\nHost: api.example.com.egress.local\r\nContent-Length: 5\r\n\r\nhello",
  "PUT /a HTTP/1.1\r\nHost: api.example.com.egress.local\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: api.example.com.egress.local\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nxx",
  "GET /ws HTTP/1.1\r\nHost: api.example.com.egress.local\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: other\r\n\r\n",
  "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
];
const PIECES = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  ":",
  " ",
  "\t",
  "Host: x\r\n",
  "Content-Length: 9\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Connection: close\r\n",
  "Upgrade: websocket\r\n",
  "Expect: x\r\n",
  "%00",
  "/../",
  "\xff",
  "HTTP/1.1",
  "0\r\n\r\n",
  "A".repeat(300),
];

function input(below: (n: number) => number): Buffer {
  if (below(4) === 0) return Buffer.from(Array.from({ length: 1 + below(200) }, () => below(256)));
  let bytes = Buffer.from(SEEDS[below(SEEDS.length)]!, "latin1");
  for (let i = 1 + below(4); i > 0; i--) {
    const at = below(bytes.length + 1);
    switch (below(5)) {
      case 0:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([below(256)]), bytes.subarray(at)]);
        break;
      case 1:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          bytes.subarray(Math.min(bytes.length, at + 1 + below(8))),
        ]);
        break;
      case 2:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from(PIECES[below(PIECES.length)]!, "latin1"),
          bytes.subarray(at),
        ]);
        break;
      case 3:
        if (at < bytes.length) bytes[at] = bytes[at]! ^ (1 << below(8));
        break;
      default:
        bytes = bytes.subarray(0, at);
    }
  }
  return bytes;
}

/** Whatever is sent, the proxy lives, ends every connection, keeps nothing, and serves on. */
export async function fuzz(inputs = 100_000, seed = 20_260_801): Promise<Figure> {
  const world = await startWorld({
    "api.example.com": upstream("api-example-com", { websockets: { maxAge: 1_000 } }),
  });
  await world.internet.https(
    ["api.example.com"],
    (req, res) =>
      void req
        .resume()
        .on("end", () => res.end("ok"))
        .on("error", () => undefined),
  );
  const outcomes: Record<string, number> = { answered: 0, closed: 0, hung: 0 };
  const violations: string[] = [];
  const crash = (error: unknown): void => void violations.push(`crashed: ${String(error)}`);
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  const below = random(seed);
  await each(new Array<undefined>(inputs).fill(undefined), 32, () => {
    const bytes = input(below);
    return new Promise((resolve) => {
      const socket = net.connect(world.port, "127.0.0.1");
      let answered = false;
      socket.on("data", () => (answered = true));
      socket.on("error", () => undefined);
      socket.setTimeout(HUNG, () => {
        count(outcomes, "hung");
        violations.push(`hung: ${JSON.stringify(bytes.toString("latin1"))}`);
        socket.destroy();
      });
      socket.on("close", () => {
        count(outcomes, answered ? "answered" : "closed");
        resolve();
      });
      socket.end(bytes);
      world.log.length = 0;
    });
  });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  if (world.proxy.inFlight() !== 0) violations.push(`${world.proxy.inFlight()} requests are still in flight`);
  const { status } = await ask({ port: world.port, host: "api.example.com.egress.local" });
  if (status !== 200) violations.push(`afterwards a good request gets ${status}`);
  process.off("uncaughtException", crash);
  process.off("unhandledRejection", crash);
  await world.close();
  return { name: `random bytes (seed ${seed})`, tried: inputs, atLeast: 100_000, outcomes, violations };
}
