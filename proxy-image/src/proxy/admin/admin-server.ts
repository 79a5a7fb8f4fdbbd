import { type Server, type ServerResponse, createServer } from "node:http";
import type { Registry } from "prom-client";

const PLAIN = "text/plain; charset=utf-8";

/** Serves probes and metrics on a port of their own, because every path of the data port belongs to third parties. */
export function createAdminServer(registry: Registry, ready: () => boolean): Server {
  return createServer((req, res) => {
    const path = req.method === "GET" || req.method === "HEAD" ? pathOf(req.url) : undefined;
    switch (path) {
      case "/live":
        send(res, 200, PLAIN, "live\n");
        break;
      case "/ready":
        if (ready()) send(res, 200, PLAIN, "ready\n");
        else send(res, 503, PLAIN, "not ready\n");
        break;
      case "/metrics":
        registry.metrics().then(
          (text) => send(res, 200, registry.contentType, text),
          (error: unknown) => send(res, 500, PLAIN, `the metrics can't be read: ${String(error)}\n`),
        );
        break;
      default:
        send(res, 404, PLAIN, "not found: there are /live, /ready and /metrics\n");
    }
  });
}

function pathOf(url = ""): string {
  return url.split("?", 1)[0]!;
}

function send(res: ServerResponse, status: number, type: string, text: string): void {
  res.writeHead(status, { "Content-Type": type, "Content-Length": Buffer.byteLength(text) });
  // Node sends no body to HEAD.
  res.end(text);
}
