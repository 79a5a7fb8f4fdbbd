import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import net from "node:net";
import { once } from "node:events";
import { type World, startWorld, upstream } from "./support/world";

const HOST = "api.example.com";
const TRIES = 40;
const SIZE = 8 * 1024 * 1024;

/**
 * What nginx, Go and Express with a limit do: they respond and close while the body still comes, so that the third
 * party's kernel resets the connection. A response that has arrived must reach the client all the same.
 */
describe("a third party that refuses a body and closes", () => {
  let world: World;
  before(async () => {
    world = await startWorld({ [HOST]: upstream("api-example-com") });
    await world.internet.tls([HOST], (socket) => {
      socket.once("data", () => {
        socket.write(
          "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 9\r\n\r\ntoo large",
          // A FIN with unread bytes behind it is a reset.
          () => socket.destroy(),
        );
      });
    });
  });
  after(() => world.close());

  /** Status that a client sees that sends on, as most do. */
  const upload = async (): Promise<string> => {
    const socket = net.connect(world.port, "127.0.0.1");
    let text = "";
    socket.on("data", (bytes) => (text += bytes.toString("latin1")));
    socket.on("error", () => undefined);
    socket.write(`POST /upload HTTP/1.1\r\nHost: ${HOST}.egress.local\r\nContent-Length: ${SIZE}\r\n\r\n`);
    const piece = Buffer.alloc(64 * 1024, "x");
    for (let sent = 0; sent < SIZE && text === "" && !socket.destroyed; sent += piece.length) {
      if (!socket.write(piece))
        await Promise.race([once(socket, "drain"), once(socket, "close"), once(socket, "data")]);
    }
    const deadline = performance.now() + 5_000;
    while (!text.includes("\r\n\r\n") && !socket.destroyed && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 5));
    socket.destroy();
    return text.slice(9, 12);
  };

  it("its response arrives, nearly always", async () => {
    const statuses: Record<string, number> = {};
    for (let i = 0; i < TRIES; i++) {
      const status = await upload();
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    // Of clients without a proxy 19 of 100 see a reset. Here as many may, though none is lost on a quiet machine.
    assert.ok((statuses["413"] ?? 0) >= TRIES * 0.8, JSON.stringify(statuses));
  });
});
