import replyFrom from "@fastify/reply-from";
import fastify from "fastify";
import { pino } from "pino";
import type { ServerSettings } from "../contenders/node";

const { port, upstreamPort, host, ca } = JSON.parse(process.env.BENCH_SETTINGS!) as ServerSettings;
const log = pino({ base: null });

const app = fastify({ logger: false, keepAliveTimeout: 300_000, bodyLimit: 2 ** 30 });
// Passed on as it comes, not parsed.
app.removeAllContentTypeParsers();
app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
app.register(replyFrom, {
  base: `https://127.0.0.1:${upstreamPort}`,
  undici: { connections: 512, pipelining: 1, connect: { ca, servername: host } },
});
app.addHook("onResponse", (request, reply, done) => {
  log.info(
    {
      method: request.method,
      host: request.host,
      path: request.url,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 100) / 100,
    },
    "request",
  );
  done();
});
app.all("/*", (request, reply) =>
  reply.from(request.url, {
    rewriteRequestHeaders: (_request, headers) => ({ ...headers, host, via: "1.1 reply-from" }),
  }),
);
app.listen({ port, host: "127.0.0.1", backlog: 4_096 });
