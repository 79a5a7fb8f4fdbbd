import assert from "node:assert/strict";
import { once } from "node:events";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../proxy/support/client";
import { type World, startWorld, upstream } from "../proxy/support/world";

const HOST = "api.example.com";
const REQUESTS = 1_500;

async function worldWith(t: TestContext, collector: Server | string): Promise<World> {
  let endpoint = collector;
  if (typeof endpoint !== "string") {
    const server = collector as Server;
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const tracing = { endpoint, sampleRatio: 1, clientSampledPerSecond: 0 };
  const world = await startWorld({ [HOST]: upstream("x") }, { tracing });
  t.after(() => world.close());
  await world.internet.https([HOST], (_req, res) => res.end("ok"));
  return world;
}

const request = async (world: World) =>
  assert.equal((await ask({ port: world.port, host: `${HOST}.egress.local` })).status, 200);

async function value(world: World, series: string): Promise<number> {
  const { body } = await ask({ port: world.adminPort, host: "admin", path: "/metrics" });
  const line = body
    .toString()
    .split("\n")
    .find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1));
}

const QUEUE_FULL = 'egress_spans_dropped_total{reason="queue_full"}';
const FAILED = 'egress_spans_dropped_total{reason="export_failed"}';

describe("a collector that does not do its part", { timeout: 120_000 }, () => {
  it("and never responds fills a bounded queue, and what does not fit is counted", async (t) => {
    const world = await worldWith(
      t,
      createServer(() => undefined),
    );
    for (let i = 0; i < REQUESTS; i += 50)
      await Promise.all(Array.from({ length: 50 }, () => request(world)));
    // Two spans a request; one batch is on its way, and 2,048 wait.
    assert.equal(await value(world, QUEUE_FULL), 2 * REQUESTS - 2_048 - 128);
    assert.deepEqual(
      world.log.filter(({ msg }) => msg === "traces are lost").map(({ reason }) => reason),
      ["queue_full"],
    );
    const began = performance.now();
    await world.proxy.drain(10_000);
    // A second for the last requests, two for the last spans.
    assert.ok(performance.now() - began < 4_500, `the end took ${performance.now() - began} ms`);
  });

  it("and refuses is counted, once its answer is there; its words are shortened in the log", async (t) => {
    const world = await worldWith(
      t,
      createServer((_req, res) => res.writeHead(400, "x".repeat(1_000)).end("y".repeat(1_000))),
    );
    await request(world);
    while ((await value(world, FAILED)) === 0) await sleep(50);
    assert.equal(await value(world, FAILED), 2);
    const line = world.log.find(({ msg }) => msg === "traces are lost")!;
    assert.equal(line.reason, "export_failed");
    assert.ok(JSON.stringify(line).length < 400, JSON.stringify(line));
  });

  it("and is not there loses the spans, never a request", async (t) => {
    const world = await worldWith(t, "http://127.0.0.1:1");
    await request(world);
    const began = performance.now();
    await world.proxy.drain(10_000);
    assert.ok(performance.now() - began < 4_500);
  });

  it("and sends without an end is cut off", async (t) => {
    const connection = { ended: false };
    const world = await worldWith(
      t,
      createServer((req, res) => {
        const timer = setInterval(() => res.write("x"), 100);
        req.on("close", () => (connection.ended = true));
        res.on("close", () => clearInterval(timer));
      }),
    );
    await request(world);
    const began = performance.now();
    while (!connection.ended) {
      assert.ok(performance.now() - began < 15_000, "it was not cut off");
      await sleep(500);
    }
  });
});
