import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TLSSocket } from "node:tls";
import { ask } from "./support/client";
import { type World, startWorld, upstream } from "./support/world";

const HOST = "api.example.com";
const CLIENTS = 20;
const REQUESTS = 300;

/** Responds to each request, and does something to the connection behind it. */
async function stage(behind: (socket: TLSSocket, count: number) => void): Promise<World> {
  const world = await startWorld({
    [HOST]: upstream("api-example-com", {
      maxConnections: 8,
      retries: { budgetPercent: 100 },
    }),
  });
  await world.internet.tls([HOST], (socket) => {
    let text = "";
    let count = 0;
    socket.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      for (;;) {
        const head = text.indexOf("\r\n\r\n");
        if (head === -1) return;
        const length = Number(/content-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
        if (text.length < head + 4 + length) return;
        text = text.slice(head + 4 + length);
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        behind(socket, ++count);
      }
    });
  });
  return world;
}

/** Statuses of many requests by several clients. */
async function statuses(
  world: World,
  method: string,
  body: string | undefined,
): Promise<Record<number, number>> {
  const seen: Record<number, number> = {};
  const client = async (): Promise<void> => {
    for (let i = 0; i < REQUESTS / CLIENTS; i++) {
      const { status } = await ask({ port: world.port, host: `${HOST}.egress.local`, method, body });
      seen[status] = (seen[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return seen;
}

/**
 * Servers with a limit of requests, an idle time or a roll-out close a connection behind a response without a word in
 * it. What is sent on such a connection is lost, and a POST can't be repeated.
 */
describe("a connection that the third party has closed takes no request", () => {
  const ways: [name: string, behind: (socket: TLSSocket, count: number) => void][] = [
    ["close_notify and FIN", (socket) => socket.end()],
    [
      "every third response only",
      (socket, count) => {
        if (count % 3 === 0) socket.end();
      },
    ],
    ["in the next iteration", (socket) => void setImmediate(() => socket.end())],
  ];
  for (const [name, behind] of ways) {
    for (const [method, body] of [
      ["POST", "body"],
      ["GET", undefined],
    ] as const) {
      it(`${method}: ${name}`, async (t) => {
        const world = await stage(behind);
        t.after(() => world.close());
        assert.deepEqual(await statuses(world, method, body), { 200: REQUESTS });
      });
    }
  }
});
