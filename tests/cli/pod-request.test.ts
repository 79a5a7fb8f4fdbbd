import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { after, before, it } from "node:test";
import { KubeConfig } from "@kubernetes/client-node";
import { askPod } from "../../proxy-image/src/cli/cluster/pod-request";
import { ApiError } from "../../proxy-image/src/stubdomain/cluster/cluster";

const sockets = new Set<Socket>();
/** Accepts connections and never answers. */
const server = createServer((socket) => {
  sockets.add(socket);
  socket.resume().on("error", () => undefined);
  socket.on("close", () => sockets.delete(socket));
});
before(() => once(server.listen(0, "127.0.0.1"), "listening"));
after(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

it("an API server that does not answer a port-forward is an error, and no connection stays open", async () => {
  const config = new KubeConfig();
  const { port } = server.address() as AddressInfo;
  config.loadFromClusterAndUser(
    { name: "c", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: "u" },
  );
  const request = { namespace: "egress", pod: "a", port: 9090, path: "/metrics" };
  await assert.rejects(
    askPod(config, request, 200),
    (error) =>
      error instanceof ApiError &&
      error.status === 0 &&
      error.message.includes("pod egress/a: port-forward: Opening handshake has timed out"),
  );
  for (const socket of sockets) await once(socket, "close", { signal: AbortSignal.timeout(5_000) });
});
