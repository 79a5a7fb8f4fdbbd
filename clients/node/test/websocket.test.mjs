import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Egress, EgressAgent, EgressDispatcher } from "k8s-egress-client";
import { WebSocket as UndiciWebSocket } from "undici";
import WebSocket, { WebSocketServer } from "ws";
import { connections } from "./names.mjs";
import { startProxy } from "./proxy.mjs";

describe("wss://FOO", () => {
  const egress = new Egress({ EGRESS_DOMAIN: "egress.local" });
  let proxy;
  let server;

  before(async () => {
    proxy = await startProxy(["stream.example.com"]);
    server = new WebSocketServer({ server: proxy.server });
    server.on("connection", (socket, { headers, url }) => socket.send(`${headers.host} ${url}`));
  });
  after(async () => {
    for (const client of server.clients) client.terminate();
    server.close();
    await proxy.close();
  });

  it("of undici, by the dispatcher", async () => {
    const dispatcher = new EgressDispatcher({ egress });
    const socket = new UndiciWebSocket("wss://stream.example.com/feed", { dispatcher });
    const message = await new Promise((resolve, reject) => {
      socket.addEventListener("message", ({ data }) => resolve(data));
      socket.addEventListener("error", ({ error }) => reject(error));
    });
    socket.close();
    assert.equal(message, "stream.example.com /feed");
    assert.deepEqual(connections, ["stream.example.com.egress.local:80"]);
    await dispatcher.destroy();
  });

  it("of ws, by the agent", async () => {
    const socket = new WebSocket("wss://stream.example.com/feed", { agent: new EgressAgent({}, egress) });
    const message = await new Promise((resolve, reject) => {
      socket.on("message", (data) => resolve(String(data)));
      socket.on("error", reject);
    });
    socket.close();
    assert.equal(message, "stream.example.com /feed");
  });
});
