import { once } from "node:events";
import net from "node:net";
import { Worker } from "node:worker_threads";

/** Listens, says where, and never accepts: its event loop stands still from then on. */
const LISTENER = `
  const { parentPort } = require("node:worker_threads");
  const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;
/** Connections that Linux takes for a backlog of 1 without a program that accepts them; it drops all later attempts. */
const QUEUE = 2;

/** A port of loopback that leaves connection attempts without any answer, as a firewall that drops them does. */
export async function startSilentPort(): Promise<{ port: number; close(): Promise<void> }> {
  const worker = new Worker(LISTENER, { eval: true });
  const [port] = (await once(worker, "message")) as [number];
  const queued = Array.from({ length: QUEUE }, () => net.connect(port, "127.0.0.1"));
  await Promise.all(queued.map((socket) => once(socket, "connect")));
  for (const socket of queued) socket.on("error", () => undefined);
  return {
    port,
    async close() {
      for (const socket of queued) socket.destroy();
      await worker.terminate();
    },
  };
}
