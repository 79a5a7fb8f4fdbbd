import { createServer } from "node:net";
import { connect } from "node:tls";
import type { ServerSettings } from "../contenders/node";

/**
 * What no proxy in Node can be faster than, if each client has its own connection to the third party: bytes are passed
 * on as they come, between TCP and TLS. Nothing is parsed, checked, pooled, counted or logged.
 */
const { port, upstreamPort, host, ca } = JSON.parse(process.env.BENCH_SETTINGS!) as ServerSettings;

createServer({ noDelay: true }, (client) => {
  const upstream = connect({ host: "127.0.0.1", port: upstreamPort, servername: host, ca });
  upstream.setNoDelay(true);
  client.on("data", (bytes: Buffer) => upstream.write(bytes) || client.pause());
  client.on("drain", () => upstream.resume());
  upstream.on("data", (bytes: Buffer) => client.write(bytes) || upstream.pause());
  upstream.on("drain", () => client.resume());
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on("error", () => other.destroy());
    one.on("end", () => other.end());
    one.on("close", () => other.destroy());
  }
}).listen(port, "127.0.0.1", 4_096);
