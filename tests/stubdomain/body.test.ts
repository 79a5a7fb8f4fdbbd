import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { textOf } from "../../proxy-image/src/stubdomain/cluster/body";

describe("the body of a response", () => {
  /** Sends a kilobyte without end at /endless, and less than it promised at /short. */
  const server = createServer(({ url }, response) => {
    if (url === "/short") {
      response.writeHead(200, { "content-length": 10 });
      response.write("€");
      setTimeout(() => response.destroy(), 20);
    } else if (url === "/endless") {
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(1_024)));
      };
      response.on("drain", more);
      more();
    } else response.end("€");
  });
  before(() => once(server.listen(0, "127.0.0.1"), "listening"));
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  const answer = async (path: string): Promise<IncomingMessage> => {
    const { port } = server.address() as AddressInfo;
    const [incoming] = (await once(get({ port, path, agent: false }), "response")) as [IncomingMessage];
    return incoming;
  };

  it("is its text", async () => assert.equal(await textOf(await answer("/"), 3), "€"));

  it("is an error beyond the limit, and the connection is closed", async () => {
    const incoming = await answer("/endless");
    await assert.rejects(textOf(incoming, 10_000), /more than 10000 bytes/);
    if (!incoming.socket.destroyed)
      await once(incoming.socket, "close", { signal: AbortSignal.timeout(5_000) });
  });

  it("is an error that ends early", async () => {
    await assert.rejects(textOf(await answer("/short"), 100), /aborted/);
  });
});
