import { Agent } from "node:https";
import express from "express";
import { createProxyMiddleware } from "http-proxy-middleware";
import { pino } from "pino";
import type { ServerSettings } from "../contenders/node";

const { port, upstreamPort, host, ca } = JSON.parse(process.env.BENCH_SETTINGS!) as ServerSettings;
const log = pino({ base: null });

const app = express();
app.disable("x-powered-by");
app.disable("etag");
app.use((req, res, next) => {
  const began = performance.now();
  res.on("finish", () => {
    log.info(
      {
        method: req.method,
        host: req.headers.host,
        path: req.url,
        status: res.statusCode,
        durationMs: Math.round((performance.now() - began) * 100) / 100,
      },
      "request",
    );
  });
  next();
});
app.use(
  createProxyMiddleware({
    target: `https://127.0.0.1:${upstreamPort}`,
    agent: new Agent({ keepAlive: true, ca, servername: host }),
    headers: { host, via: "1.1 express" },
  }),
);
const server = app.listen(port, "127.0.0.1", 4_096);
server.keepAliveTimeout = 300_000;
