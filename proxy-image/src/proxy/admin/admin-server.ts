import express from "express";
import { type Server, createServer } from "node:http";
import type { Registry } from "prom-client";

/** Serves probes and metrics on a port of their own, because every path of the data port belongs to third parties. */
export function createAdminServer(registry: Registry, ready: () => boolean): Server {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.get("/live", (_req, res) => {
    res.type("text/plain").send("live\n");
  });
  app.get("/ready", (_req, res) => {
    res
      .status(ready() ? 200 : 503)
      .type("text/plain")
      .send(ready() ? "ready\n" : "not ready\n");
  });
  app.get("/metrics", async (_req, res) => {
    res.set("Content-Type", registry.contentType).send(await registry.metrics());
  });
  app.use((_req, res) => {
    res.status(404).type("text/plain").send("not found: there are /live, /ready and /metrics\n");
  });
  return createServer(app);
}
