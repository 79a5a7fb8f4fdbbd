import assert from "node:assert/strict";
import type http from "node:http";
import { describe, it } from "node:test";
import type { PolicyUpstream } from "../../proxy-image/src/contract/policy/policy";
import { RateLimit } from "../../proxy-image/src/proxy/limit/rate";
import { RetryBudget } from "../../proxy-image/src/proxy/limit/retry-budget";
import { type Answer, ask, begin } from "./support/client";
import { lines } from "./support/raw-client";
import { type World, clientField, eventually, startWorld, upstream } from "./support/world";

const HOST = "api.example.com";
const NAME = `${HOST}.egress.local`;

async function withWorld(
  changes: Partial<PolicyUpstream>,
  handle: http.RequestListener | undefined,
  use: (world: World) => Promise<void>,
): Promise<void> {
  const world = await startWorld({
    [HOST]: upstream("api-example-com", changes),
    "b.example.com": upstream("b-example-com"),
  });
  try {
    if (handle) await world.internet.https([HOST], handle);
    await world.internet.https(["b.example.com"], (_req, res) => res.end("other"));
    await use(world);
  } finally {
    await world.close();
  }
}

const failure = (answer: Answer): string =>
  /details="([^"]+)"/.exec(String(answer.headers["proxy-status"]))?.[1] ?? String(answer.status);

describe("requests in flight", () => {
  it("one more than maxRequests gets 503 at once; other upstreams go on; the room is given back", async () => {
    const waiting: http.ServerResponse[] = [];
    await withWorld(
      { maxRequests: 2 },
      (_req, res) => void waiting.push(res),
      async (world) => {
        const first = [ask({ port: world.port, host: NAME }), ask({ port: world.port, host: NAME })];
        await eventually(() => waiting.length === 2, "two in flight");
        const third = await ask({ port: world.port, host: NAME });
        assert.equal(failure(third), "upstream-busy");
        assert.equal(third.status, 503);
        assert.equal(third.headers["retry-after"], "1");
        assert.equal((await ask({ port: world.port, host: "b.example.com.egress.local" })).status, 200);
        for (const res of waiting) res.end();
        await Promise.all(first);
        const again = ask({ port: world.port, host: NAME });
        await eventually(() => waiting.length === 3, "room again");
        waiting[2]!.end();
        assert.equal((await again).status, 200);
      },
    );
  });

  it("one client's share is no other's; one that leaves gives it back", async () => {
    const waiting: http.ServerResponse[] = [];
    await withWorld(
      { maxRequestsPerClient: 1 },
      (_req, res) => void waiting.push(res),
      async (world) => {
        const { req, response } = begin({ port: world.port, host: NAME, headers: clientField("shop/a") });
        response.catch(() => undefined);
        req.end();
        await eventually(() => waiting.length === 1, "one in flight");
        assert.equal(
          failure(await ask({ port: world.port, host: NAME, headers: clientField("shop/a") })),
          "client-busy",
        );
        const other = ask({ port: world.port, host: NAME, headers: clientField("shop/b") });
        await eventually(() => waiting.length === 2, "another client's");
        waiting[1]!.end();
        assert.equal((await other).status, 200);
        req.destroy();
        await eventually(() => world.proxy.inFlight() === 0, "given back");
        const again = ask({ port: world.port, host: NAME, headers: clientField("shop/a") });
        await eventually(() => waiting.length === 3, "room again");
        waiting[2]!.end();
        assert.equal((await again).status, 200);
      },
    );
  });

  it("a request that waits for a connection in vain: 503", async () => {
    await withWorld(
      { maxConnections: 1, timeouts: { connect: 200, response: 300, idle: 5_000, stream: 3_600_000 } },
      (_req, res) => {
        const timer = setInterval(() => res.write("x"), 50);
        res.on("close", () => clearInterval(timer));
      },
      async (world) => {
        const { req, response } = begin({ port: world.port, host: NAME });
        req.on("error", () => undefined).end();
        (await response).resume().on("error", () => undefined);
        const began = performance.now();
        const answer = await ask({ port: world.port, host: NAME });
        assert.equal(answer.status, 503);
        assert.match(String(answer.headers["proxy-status"]), /details="upstream-busy"/);
        assert.ok(performance.now() - began >= 500);
        req.destroy();
      },
    );
  });

  it("maxConnections makes requests share connections", async () => {
    let open = 0;
    let most = 0;
    await withWorld(
      { maxConnections: 2 },
      (_req, res) => {
        most = Math.max(most, ++open);
        setTimeout(() => {
          open--;
          res.end();
        }, 20);
      },
      async (world) => {
        const answers = await Promise.all(
          Array.from({ length: 10 }, () => ask({ port: world.port, host: NAME })),
        );
        assert.ok(answers.every(({ status }) => status === 200));
        assert.equal(most, 2);
        assert.equal(world.internet.connected.length, 2);
      },
    );
  });
});

describe("rate limit", () => {
  it("refills evenly, up to the burst", () => {
    const rate = new RateLimit({ requests: 10, period: 1_000, burst: 2 });
    const start = performance.now();
    assert.equal(rate.take(start), 0);
    assert.equal(rate.take(start), 0);
    const wait = rate.take(start);
    assert.ok(wait > 90 && wait <= 100, String(wait));
    assert.equal(rate.take(start + 101), 0);
    assert.ok(rate.take(start + 101) > 0);
    assert.equal(rate.take(start + 60_000), 0);
    assert.equal(rate.take(start + 60_000), 0);
    assert.ok(rate.take(start + 60_000) > 0, "no more than the burst");
  });

  it("an empty bucket: 429 with Retry-After", async () => {
    await withWorld(
      { rateLimit: { requests: 1, period: 5_000, burst: 1 } },
      (_req, res) => res.end(),
      async (world) => {
        assert.equal((await ask({ port: world.port, host: NAME })).status, 200);
        const answer = await ask({ port: world.port, host: NAME });
        assert.equal(answer.status, 429);
        assert.equal(answer.headers["retry-after"], "5");
        assert.equal((await ask({ port: world.port, host: "b.example.com.egress.local" })).status, 200);
      },
    );
  });
});

describe("circuit breaker", () => {
  const circuitBreaker = { failures: 3, reset: 400 };

  it("opens after failures in a row, probes once, closes after success", async () => {
    let status = 500;
    let requests = 0;
    await withWorld(
      { circuitBreaker },
      (_req, res) => {
        requests++;
        setTimeout(() => res.writeHead(status).end(), status === 200 ? 100 : 0);
      },
      async (world) => {
        const once = (): Promise<Answer> => ask({ port: world.port, host: NAME });
        for (let i = 0; i < 3; i++) assert.equal((await once()).status, 500);
        const open = await once();
        assert.equal(failure(open), "circuit-open");
        assert.equal(open.status, 503);
        assert.equal(open.headers["retry-after"], "1");
        assert.equal(requests, 3);
        await new Promise((resolve) => setTimeout(resolve, 450));
        assert.equal((await once()).status, 500, "a probe that fails");
        assert.equal(failure(await once()), "circuit-open");
        await new Promise((resolve) => setTimeout(resolve, 450));
        status = 200;
        const [probe, meanwhile] = await Promise.all([once(), once()]);
        assert.equal(probe.status, 200);
        assert.equal(failure(meanwhile), "circuit-open", "one probe at a time");
        assert.equal((await once()).status, 200);
      },
    );
  });

  it("successes in between keep it closed", async () => {
    let requests = 0;
    await withWorld(
      { circuitBreaker },
      (_req, res) => res.writeHead(++requests % 3 === 0 ? 200 : 503).end(),
      async (world) => {
        for (let i = 0; i < 12; i++)
          assert.notEqual(failure(await ask({ port: world.port, host: NAME })), "circuit-open");
      },
    );
  });

  it("refused connections count, clients that leave do not", async () => {
    await withWorld({ circuitBreaker }, undefined, async (world) => {
      world.internet.names.set(HOST, ["93.184.216.250"]);
      for (let i = 0; i < 3; i++)
        assert.equal(failure(await ask({ port: world.port, host: NAME })), "connection-refused");
      assert.equal(failure(await ask({ port: world.port, host: NAME })), "circuit-open");
    });
    await withWorld(
      { circuitBreaker },
      () => undefined,
      async (world) => {
        for (let i = 0; i < 5; i++) {
          const { req, response } = begin({ port: world.port, host: NAME });
          response.catch(() => undefined);
          req.end();
          await eventually(() => world.proxy.inFlight() === 1, "in flight");
          req.destroy();
          await eventually(() => world.proxy.inFlight() === 0, "left");
        }
        const { req, response } = begin({ port: world.port, host: NAME });
        response.catch(() => undefined);
        req.end();
        await eventually(() => world.proxy.inFlight() === 1, "still admitted");
        req.destroy();
      },
    );
  });

  it("nothing that a client brings about by itself opens it", async () => {
    const timeouts = { connect: 1_000, response: 1_000, idle: 300, stream: 3_600_000, total: 600 };
    let via = "";
    await withWorld(
      { circuitBreaker, timeouts, maxBodyBytes: { request: 10 } },
      (req, res) => {
        via = req.headers.via ?? "";
        req.on("error", () => undefined);
        if (req.method === "GET") res.end("ok");
        else req.resume().on("end", () => res.end("ok"));
      },
      async (world) => {
        const request = (options: object = {}): Promise<Answer> =>
          ask({ port: world.port, host: NAME, ...options });
        await request();
        for (let i = 0; i < 4; i++) {
          assert.equal(failure(await request({ headers: { via } })), "proxy-loop");
          assert.equal(failure(await request({ method: "POST", body: "x".repeat(11) })), "request-too-large");
        }
        await Promise.all(
          [0, 1, 2, 3].map(async () => {
            const { req, response } = begin({ port: world.port, host: NAME, method: "POST" });
            req.on("error", () => undefined);
            req.write("x");
            const trickle = setInterval(() => req.write("x"), 200);
            await response.catch(() => undefined);
            clearInterval(trickle);
            req.destroy();
          }),
        );
        assert.equal((await request()).status, 200);
      },
    );
  });
});

describe("retries", () => {
  /** A third party that answers the first request of each connection and resets at the second. */
  async function forgetful(
    changes: Partial<PolicyUpstream>,
    use: (world: World, seen: () => number) => Promise<void>,
  ): Promise<void> {
    let seen = 0;
    await withWorld(changes, undefined, async (world) => {
      await world.internet.tls([HOST], (socket) => {
        let requests = 0;
        socket.on("data", (data: Buffer) => {
          if (!data.toString("latin1").includes("HTTP/1.1\r\n")) return;
          seen++;
          if (++requests === 1) socket.write(`${lines("HTTP/1.1 200 OK", "Content-Length: 2")}ok`);
          else socket.destroy();
        });
      });
      await use(world, () => seen);
    });
  }

  it("a kept connection that was just closing: an idempotent request without a body is sent again, once", async () => {
    await forgetful({ retries: { budgetPercent: 100 } }, async (world) => {
      for (let i = 0; i < 4; i++) assert.equal((await ask({ port: world.port, host: NAME })).status, 200);
      assert.equal(world.log.filter(({ retries }) => retries === 1).length, 3);
    });
  });

  it("not without `retries`, not for POST, not with a body", async () => {
    await forgetful({}, async (world) => {
      assert.equal((await ask({ port: world.port, host: NAME })).status, 200);
      assert.equal((await ask({ port: world.port, host: NAME })).status, 502);
    });
    await forgetful({ retries: { budgetPercent: 100 } }, async (world) => {
      assert.equal((await ask({ port: world.port, host: NAME })).status, 200);
      assert.equal((await ask({ port: world.port, host: NAME, method: "POST" })).status, 502);
      assert.equal((await ask({ port: world.port, host: NAME })).status, 200);
      assert.equal((await ask({ port: world.port, host: NAME, method: "PUT", body: "x" })).status, 502);
    });
  });

  it("not after a part of the answer, not a second time", async () => {
    let seen = 0;
    await withWorld({ retries: { budgetPercent: 100 } }, undefined, async (world) => {
      let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nha";
      await world.internet.tls([HOST], (socket) => {
        socket.once("data", () => {
          seen++;
          if (answer === "") socket.destroy();
          else socket.end(answer);
        });
      });
      await assert.rejects(ask({ port: world.port, host: NAME }));
      assert.equal(seen, 1);
      answer = "";
      seen = 0;
      assert.equal((await ask({ port: world.port, host: NAME })).status, 502);
      assert.equal(seen, 2);
    });
  });

  it("are a share of the requests", () => {
    const budget = new RetryBudget({ budgetPercent: 20 });
    const now = performance.now();
    assert.equal(budget.take(now), true, "one is there");
    assert.equal(budget.take(now), false);
    for (let i = 0; i < 10; i++) budget.earn();
    assert.equal(budget.take(now), true);
    assert.equal(budget.take(now), true);
    assert.equal(budget.take(now), false);
    assert.equal(budget.take(now + 10_001), true, "one every ten seconds");
  });
});
