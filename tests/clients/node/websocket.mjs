import assert from "node:assert/strict";
import { check } from "./check.mjs";

const { WebSocket } = globalThis;
const base = "ws://realtime.example.com.egress.local";

/** Sends a text, waits for it to come back, closes. */
function roundTrip(path) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(base + path);
    let echo;
    socket.onopen = () => socket.send("Grüße");
    socket.onmessage = ({ data }) => {
      echo = data;
      socket.close(1000);
    };
    socket.onerror = () => reject(new Error("the connection failed"));
    socket.onclose = ({ code }) => resolve({ code, echo });
  });
}

await check("a message there and back", async () => {
  assert.deepEqual(await roundTrip("/v1/realtime"), { code: 1000, echo: "Grüße" });
});
await check("403 of the proxy", () => assert.rejects(roundTrip("/v2/realtime")));
