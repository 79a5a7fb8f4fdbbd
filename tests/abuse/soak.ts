// Runs mixed load for a while, and looks whether anything is left: `tsx tests/abuse/soak.ts [seconds, default 1800]`.
import net from "node:net";
import { Readable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import http from "node:http";
import { createHash } from "node:crypto";
import { ask, begin } from "../proxy/support/client";
import { lines, sendRaw } from "../proxy/support/raw-client";
import { eventually, startWorld, upstream } from "../proxy/support/world";
import { type Figure, count, line } from "./figure";

/** Share by which the heap may grow from the first to the last third of the samples. */
const MOST_GROWTH = 1.15;
/** Or that many bytes, which is within the noise of a small heap. */
const NOISE = 8 * 1024 * 1024;

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = createHash("sha1").update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
const HOST = "api.example.com.egress.local";

/** Everything that clients do, in turns: memory stays flat, and nothing is left at the end. */
export async function soak(seconds: number): Promise<Figure> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const world = await startWorld({
    "api.example.com": upstream("api-example-com", {
      timeouts: { connect: 2_000, response: 5_000, idle: 5_000, stream: 3_600_000, total: 10_000 },
      retries: { budgetPercent: 20 },
      maxRequests: 1_000,
      maxRequestsPerClient: 1_000,
      websockets: { maxAge: 2_000 },
    }),
  });
  await world.internet.https(["api.example.com"], (req, res) => {
    req.on("error", () => undefined);
    res.on("error", () => undefined);
    if (req.url === "/early") return void res.writeHead(401).end();
    if (req.url === "/cut") return void res.write("half", () => res.destroy());
    if (req.url === "/slow") return void setTimeout(() => res.end("slow"), 200);
    if (req.url === "/big") return void res.end(Buffer.alloc(300_000));
    return void req.resume().on("end", () => res.end("ok"));
  });
  world.internet.server("api.example.com").on("upgrade", (_req: unknown, socket: net.Socket) => {
    socket.on("error", () => undefined);
    socket.write(
      lines(
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Accept: ${ACCEPT}`,
      ),
    );
    socket.pipe(socket);
  });

  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  const { port } = world;
  const leave = async (path: string): Promise<void> => {
    const { req, response } = begin({ port, host: HOST, path });
    response.catch(() => undefined);
    req.end();
    await new Promise((resolve) => setTimeout(resolve, 5));
    req.destroy();
  };
  const kinds: Record<string, () => Promise<unknown>> = {
    get: () => ask({ port, host: HOST, agent }),
    big: () => ask({ port, host: HOST, path: "/big", agent }),
    post: () => ask({ port, host: HOST, method: "POST", body: "x".repeat(10_000), agent }),
    chunked: () =>
      ask({
        port,
        host: HOST,
        method: "POST",
        body: Readable.from([Buffer.alloc(50_000), Buffer.alloc(50_000)]),
      }),
    trailers: () =>
      ask({
        port,
        host: HOST,
        method: "POST",
        headers: { trailer: "x-sum" },
        body: Readable.from([Buffer.alloc(100)]),
      }),
    expect: () =>
      sendRaw(
        port,
        `${lines("POST / HTTP/1.1", `Host: ${HOST}`, "Expect: 100-continue", "Content-Length: 2", "Connection: close")}xx`,
        2_000,
      ),
    early: () => ask({ port, host: HOST, path: "/early", method: "POST", body: "x".repeat(100_000) }),
    cut: () => ask({ port, host: HOST, path: "/cut" }),
    denied: () => ask({ port, host: "other.egress.local", agent }),
    malformed: () => sendRaw(port, lines("GET / HTTP/1.1", `Host: ${HOST}`, `Host: ${HOST}`), 500),
    leave: () => leave("/slow"),
    leaveBig: () => leave("/big"),
    websocket: async () => {
      const socket = net.connect(port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write(
        lines(
          "GET /ws HTTP/1.1",
          `Host: ${HOST}`,
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
          `Sec-WebSocket-Key: ${KEY}`,
        ),
      );
      socket.on("data", () => setTimeout(() => socket.destroy(), 20));
      await new Promise((resolve) => socket.on("close", resolve));
    },
  };

  const outcomes: Record<string, number> = {};
  const samples: number[] = [];
  let tried = 0;
  const end = performance.now() + seconds * 1_000;
  const sampler = setInterval(
    () => {
      collect();
      samples.push(process.memoryUsage().heapUsed);
      world.log.length = world.internet.connected.length = world.internet.resolved.length = 0;
    },
    Math.max(250, seconds * 10),
  );
  const names = Object.keys(kinds);
  const client = async (offset: number): Promise<void> => {
    for (let i = offset; performance.now() < end; i++) {
      tried++;
      await kinds[names[i % names.length]!]!().then(
        () => count(outcomes, "ended"),
        () => count(outcomes, "cut"),
      );
    }
  };
  await Promise.all(names.map((_, index) => client(index)));
  clearInterval(sampler);

  const violations: string[] = [];
  const third = Math.floor(samples.length / 3);
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const first = mean(samples.slice(third, 2 * third));
  const last = mean(samples.slice(-third));
  if (last > first * MOST_GROWTH && last > first + NOISE)
    violations.push(`heap grew from ${first} to ${last} bytes`);
  outcomes["KiB more heap"] = Math.round((last - first) / 1024);
  agent.destroy();
  const check = (holds: boolean, what: string): void => {
    if (!holds) violations.push(what);
  };
  await eventually(() => world.proxy.inFlight() === 0, "no request in flight").catch(() => undefined);
  check(world.proxy.inFlight() === 0, `${world.proxy.inFlight()} requests in flight`);
  world.proxy.destroy();
  await eventually(() => world.internet.open === 0, "no connection to a third party").catch(() => undefined);
  check(world.internet.open === 0, `${world.internet.open} connections to third parties`);
  await world.close();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const handles = process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout/.test(name));
  check(handles.filter((name) => /TCP|TLS/.test(name)).length === 0, `left: ${handles.join()}`);
  return { name: `soak of ${seconds} s`, tried, atLeast: 1, outcomes, violations };
}

if (require.main === module) {
  void soak(Number(process.argv[2] ?? 1_800)).then((figure) => {
    console.log(line(figure));
    for (const violation of figure.violations) console.log(`     ${violation}`);
    process.exit(figure.violations.length === 0 ? 0 : 1);
  });
}
