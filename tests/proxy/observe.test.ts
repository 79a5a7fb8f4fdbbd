import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Answer, ask } from "./support/client";
import { lines, sendRaw } from "./support/raw-client";
import { type World, clientField, startWorld, upstream } from "./support/world";

const HOST = "api.example.com";
const NAME = `${HOST}.egress.local`;

async function metrics(world: World): Promise<string> {
  return (await ask({ port: world.adminPort, host: "admin", path: "/metrics" })).body.toString();
}

/** Value of one series, by the beginning of its line. */
function value(text: string, series: string): number | undefined {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe("metrics", () => {
  it("tell what happened, by entry, method, status and client", async (t) => {
    const world = await startWorld({
      [HOST]: upstream("api-example-com", { circuitBreaker: { failures: 1, reset: 60_000 } }),
    });
    t.after(() => world.close());
    await world.internet.https([HOST], (req, res) => void req.resume().on("end", () => res.end("four")));
    const request = (options: object = {}): Promise<Answer> =>
      ask({ port: world.port, host: NAME, ...options });
    await request({ headers: clientField("shop/web") });
    await request({ method: "POST", body: "abc" });
    await sendRaw(world.port, lines("BREW / HTTP/1.1", `Host: ${NAME}`, "Connection: close"));
    let text = await metrics(world);
    const labels = `upstream="${HOST}",http_request_method="GET",http_response_status_code="200"`;
    assert.equal(value(text, `http_server_request_duration_seconds_count{${labels}}`), 1);
    assert.equal(value(text, `http_client_request_duration_seconds_count{${labels}}`), 1);
    assert.equal(value(text, `egress_requests_total{upstream="${HOST}",client="shop/web",status="2xx"}`), 1);
    assert.equal(value(text, `egress_requests_total{upstream="${HOST}",client="none",status="2xx"}`), 1);
    assert.equal(value(text, `egress_request_bytes_total{upstream="${HOST}"}`), 3);
    assert.equal(value(text, `egress_response_bytes_total{upstream="${HOST}"}`), 8);
    assert.equal(value(text, `egress_circuit_breaker_open{upstream="${HOST}"}`), 0);
    assert.equal(value(text, 'egress_dns_lookups_total{result="miss"}'), 1);
    assert.equal(value(text, "http_server_active_requests"), 0);
    const expiry = value(text, `egress_upstream_certificate_expiry_timestamp_seconds{upstream="${HOST}"}`)!;
    assert.ok(Math.abs(expiry - (Date.now() / 1_000 + 30 * 86_400)) < 3_600);
    assert.equal(text.includes("BREW"), false);

    await world.internet.https([HOST], (_req, res) => res.writeHead(500, { connection: "close" }).end());
    for (let i = 0; i < 2; i++) await request({ headers: { connection: "close" } });
    text = await metrics(world);
    assert.match(text, /egress_circuit_breaker_open\{upstream="api\.example\.com"\} (?:0|1)$/m);
  });

  it("tell which client was denied what, and what is in flight against its limit", async (t) => {
    const allow = [{ clients: [{ namespace: "shop", serviceAccount: "web" }], methods: ["GET"] }];
    const world = await startWorld({
      [HOST]: upstream("api-example-com", { allow, maxRequests: 7, retries: { budgetPercent: 20 } }),
    });
    t.after(() => world.close());
    let answer = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      void world.internet.https([HOST], (_req, res) => {
        answer = () => res.end();
        resolve();
      });
    });
    const request = (options: object): Promise<Answer> =>
      ask({ port: world.port, host: NAME, headers: clientField("shop/web"), ...options });
    await request({ method: "DELETE" });
    await request({ host: "other.example.egress.local" });
    const first = request({});
    await arrived;
    const text = await metrics(world);
    answer();
    await first;
    const denied = (upstream: string, failure: string) =>
      value(text, `egress_denials_total{upstream="${upstream}",client="shop/web",failure="${failure}"}`);
    assert.equal(denied(HOST, "request-denied"), 1);
    assert.equal(denied("none", "not-listed"), 1);
    assert.equal(value(text, `egress_upstream_active_requests{upstream="${HOST}"}`), 1);
    assert.equal(value(text, `egress_upstream_request_limit{upstream="${HOST}"}`), 7);
    assert.equal(value(text, `egress_retry_budget_ratio{upstream="${HOST}"}`), 0.2);
    const idle = await metrics(world);
    assert.equal(value(idle, `egress_upstream_active_requests{upstream="${HOST}"}`), 0);
  });

  it("random names, methods, statuses and clients make no series without end", async (t) => {
    const world = await startWorld({ "*.example.com": upstream("wildcard---example-com") });
    t.after(() => world.close());
    for (let i = 0; i < 200; i++) {
      await sendRaw(
        world.port,
        lines(`GET /${i} HTTP/1.1`, `Host: n${i}.example.com.egress.local`, "Connection: close"),
      );
      await sendRaw(world.port, lines(`GET /${i} HTTP/1.1`, `Host: n${i}.example.net`, "Connection: close"));
      await sendRaw(
        world.port,
        lines("GET / HTTP/1.1", `Host: n${i}.example.net`, "Connection: close", `l5d-client-id: forged${i}`),
      );
    }
    const text = await metrics(world);
    assert.equal(/n\d+\.example/.test(text), false);
    assert.equal(
      text.split("\n").filter((line) => /^egress_(?!dns_lookup_duration)/.test(line)).length < 20,
      true,
    );
  });
});

describe("access log", () => {
  it("has the client, the trace and no query; hostile bytes stay inside their field", async (t) => {
    const world = await startWorld({ [HOST]: upstream("api-example-com") });
    t.after(() => world.close());
    let seen: unknown = "nothing came";
    await world.internet.https([HOST], (req, res) => {
      seen = req.headers.traceparent;
      res.end();
    });
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    await ask({
      port: world.port,
      host: NAME,
      path: '/a%22%0a"}{"level":"x"}?token=secret',
      headers: { ...clientField("shop/web"), traceparent, authorization: "Bearer secret" },
    });
    assert.equal(seen, undefined, "kept inside");
    assert.equal(world.log.length, 1);
    const [line] = world.log;
    assert.equal(line?.client, "shop/web");
    assert.equal(line.traceId, "4bf92f3577b34da6a3ce929d0e0e4736");
    assert.equal(line.path, '/a%22%0a"}{"level":"x"}');
    assert.equal(JSON.stringify(line).includes("secret"), false);
    await ask({ port: world.port, host: NAME, headers: { traceparent: "00-evil\ttext" } });
    assert.equal(world.log[1]?.traceId, undefined);
  });

  it("has a share of what went well, and all that did not", async (t) => {
    const world = await startWorld({ [HOST]: upstream("api-example-com") }, { logPercent: 25 });
    t.after(() => world.close());
    await world.internet.https([HOST], (_req, res) => res.end());
    for (let i = 0; i < 8; i++) await ask({ port: world.port, host: NAME });
    for (let i = 0; i < 3; i++) await ask({ port: world.port, host: "other.egress.local" });
    assert.equal(world.log.filter(({ status }) => status === 200).length, 2);
    assert.equal(world.log.filter(({ status }) => status === 403).length, 3);
  });
});
