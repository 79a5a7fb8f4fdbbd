import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer as createTcpServer } from "node:net";
import type { Duplex } from "node:stream";

import { answer, isEarly } from "./answers";
import { see } from "./seen";
import type { ServerSettings } from "./settings";
import { echoWebSocket } from "./web-socket";

/** Starts one third party at one port. */
export async function startServer(settings: ServerSettings, authority: string): Promise<void> {
  const server = settings.behaviour === "silent" ? silentServer() : echoServer(settings, authority);
  server.listen(settings.port, settings.address);
  await once(server, "listening");
}

function silentServer() {
  return createTcpServer((socket) => socket.on("error", () => undefined).resume());
}

function echoServer({ host, certificate, key, mutualTls, maxTlsVersion }: ServerSettings, authority: string) {
  const server = createSecureServer({
    allowHTTP1: true,
    cert: readFileSync(certificate),
    key: readFileSync(key),
    ca: readFileSync(authority),
    requestCert: mutualTls,
    rejectUnauthorized: mutualTls,
    maxVersion: maxTlsVersion,
  });
  server.on("request", (request, response) => {
    const seen = see(request, host);
    const url = new URL(request.url, `https://${host}`);
    response.on("error", () => undefined);
    const reply = () => void answer({ seen, url, response });
    if (isEarly(url)) reply();
    else request.on("end", reply);
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    see(request, host);
    echoWebSocket(request, socket);
  });
  return server;
}
