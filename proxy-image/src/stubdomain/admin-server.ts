import { createServer, type Server } from "node:http";
import type { Registry } from "prom-client";

/** The state that the probes query. */
export interface Health {
  isReady: () => boolean;
  isLive: () => boolean;
}

/** Serves `/ready`, `/live` and `/metrics`; resolves when the server listens. */
export function startAdminServer(
  port: number,
  { isReady, isLive }: Health,
  registry: Registry,
): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = (isGood: boolean) =>
      response.writeHead(isGood ? 200 : 503).end(isGood ? "ok\n" : "not yet\n");
    switch (request.url) {
      case "/ready":
        return answer(isReady());
      case "/live":
        return answer(isLive());
      case "/metrics":
        return void registry.metrics().then(
          (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
          () => response.writeHead(500).end(),
        );
      default:
        return response.writeHead(404).end();
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => resolve(server));
  });
}
