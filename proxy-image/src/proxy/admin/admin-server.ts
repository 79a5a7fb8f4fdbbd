import express from "express";
import { type Server, createServer } from "node:http";
import type { Registry } from "prom-client";
import { asksForOpenMetrics, openMetricsOf } from "../observe/open-metrics";

/**
 * Serves probes and metrics on a port of their own, because every path of the data port belongs to third parties.
 *
 * @param exemplars whether there are any: then a scrape that asks for OpenMetrics gets it
 */
export function createAdminServer(registry: Registry, ready: () => boolean, exemplars: boolean): Server {
  const open = exemplars ? openMetricsOf(registry) : undefined;
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
  app.get("/metrics", async (req, res) => {
    const asked = open && asksForOpenMetrics(req.headers.accept) ? open : registry;
    if (open) res.vary("Accept");
    res.set("Content-Type", asked.contentType).send(await asked.metrics());
  });
  app.use((_req, res) => {
    res.status(404).type("text/plain").send("not found: there are /live, /ready and /metrics\n");
  });
  return createServer(app);
}
