import { once } from "node:events";
import { type Server, createServer } from "node:https";
import { TLSSocket } from "node:tls";
import type { Identity } from "../../proxy/support/certificates";

/** A third party on this machine: verified TLS, and a response that tells what it was asked. */
export async function startThirdParty(identity: Identity): Promise<Server> {
  const server = createServer(identity, (request, response) => {
    const { method, url, headers, socket } = request;
    const tlsVersion = socket instanceof TLSSocket ? socket.getProtocol() : undefined;
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ method, path: url, headers, tlsVersion }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
