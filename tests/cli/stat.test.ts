import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Registry } from "prom-client";
import { labelsOf, valuesOf } from "../../proxy-image/src/cli/stat/exposition";
import { eventRows } from "../../proxy-image/src/cli/stat/event-rows";
import { asTable } from "../../proxy-image/src/cli/stat/formats";
import { increase } from "../../proxy-image/src/cli/stat/increase";
import { COUNTERS, GAUGES, metricRows } from "../../proxy-image/src/cli/stat/metric-rows";
import { quantile } from "../../proxy-image/src/cli/stat/quantile";
import { leftOut, type Scrapes, windowOf } from "../../proxy-image/src/cli/stat/scrape";
import { tapEvent } from "../../proxy-image/src/cli/tap/event";
import { PROXY_METRICS } from "../../proxy-image/src/contract/metrics/metrics";
import { BUCKETS, Counts, type Durations, Histograms } from "../../proxy-image/src/proxy/observe/series";
import { runCli } from "./run-cli";

const plain = (_: string, text: string) => text;

/** A pod's metrics, made by the proxy's own code. */
class PodMetrics {
  private readonly registry = new Registry();
  private readonly requests = new Counts(this.registry, PROXY_METRICS.requests);
  private readonly denials = new Counts(this.registry, PROXY_METRICS.denials);
  private readonly histograms = new Histograms(this.registry, PROXY_METRICS.serverDuration, BUCKETS);
  readonly stripe: Durations = this.histograms.series({
    upstream: "api.stripe.com",
    http_request_method: "GET",
  });
  readonly ok = this.requests.series({ upstream: "api.stripe.com", client: "shop/checkout", status: "2xx" });
  readonly failed = this.requests.series({ upstream: "api.stripe.com", client: "shop/web", status: "5xx" });
  readonly denied = this.denials.series({ upstream: "none", client: "shop/web", failure: "not-listed" });

  async scrape(time: number): Promise<Scrapes> {
    const text = await this.registry.metrics();
    const scrape = { time, counters: valuesOf(text, COUNTERS), gauges: valuesOf(text, GAUGES) };
    return { pods: new Map([["a", scrape]]), failures: [] };
  }
}

describe("rows from the pods' metrics", () => {
  const measured = async () => {
    const pod = new PodMetrics();
    pod.ok.value = 1_000;
    const before = await pod.scrape(0);
    pod.ok.value += 30;
    pod.failed.value += 10;
    pod.denied.value += 5;
    for (let i = 0; i < 100; i++) pod.stripe.observe(i < 90 ? 0.02 : 0.2);
    return windowOf(before, await pod.scrape(10_000));
  };

  it("have what happened within the window, not before", async () => {
    const [stripe, none, ...others] = metricRows(await measured(), "upstream");
    assert.deepEqual(others, []);
    assert.equal(stripe!.requestsPerSecond, 4);
    assert.equal(stripe!.success, 0.75);
    assert.ok(stripe!.latency!.p50 > 10 && stripe!.latency!.p50 < 25, JSON.stringify(stripe));
    assert.ok(stripe!.latency!.p99 > 100 && stripe!.latency!.p99 <= 250, JSON.stringify(stripe));
    assert.deepEqual(none, { upstream: "none", requestsPerSecond: 0, deniedPerSecond: 0.5 });
  });

  it("are about clients, without a latency that nothing measures", async () => {
    assert.deepEqual(metricRows(await measured(), "client"), [
      { client: "shop/checkout", requestsPerSecond: 3, success: 1, deniedPerSecond: 0 },
      { client: "shop/web", requestsPerSecond: 1, success: 0, deniedPerSecond: 0.5 },
    ]);
  });

  it("count a process that began anew from 0, and leave out a pod that was not there before", () => {
    assert.deepEqual(
      increase(
        new Map([["a", 7]]),
        new Map([
          ["a", 3],
          ["b", 2],
        ]),
      ),
      new Map([
        ["a", 3],
        ["b", 2],
      ]),
    );
    const pod = { time: 1_000, counters: new Map([["egress_requests_total", 5]]), gauges: new Map() };
    const { growth } = windowOf(
      { pods: new Map(), failures: [] },
      { pods: new Map([["new", pod]]), failures: [] },
    );
    assert.equal(growth.size, 0);
  });

  it("have each pod's rate by its own time between its answers", () => {
    const scrapes = (requests: number, ...times: number[]): Scrapes => ({
      pods: new Map(
        times.map((time, at) => [
          `pod-${at}`,
          {
            time,
            counters: new Map([[`egress_requests_total{upstream="a.com",status="2xx"}`, requests]]),
            gauges: new Map(),
          },
        ]),
      ),
      failures: [],
    });
    // Ten requests a second each: one answered after 10 s, the other after 5 s and then after another 5 s.
    const slow = windowOf(scrapes(0, 0), scrapes(100, 10_000));
    assert.equal(metricRows(slow, "upstream")[0]!.requestsPerSecond, 10);
    const before = scrapes(0, 0, 5_000);
    const both = windowOf(before, {
      pods: new Map([...scrapes(100, 10_000).pods, ["pod-1", [...scrapes(50, 0, 10_000).pods.values()][1]!]]),
      failures: [],
    });
    assert.equal(both.seconds, 10);
    assert.equal(metricRows(both, "upstream")[0]!.requestsPerSecond, 20);
  });

  it("lack pods that came or went, which is said", async () => {
    const { pods } = await new PodMetrics().scrape(0);
    const [scrape] = pods.values();
    const scrapes = (...names: string[]) => ({
      pods: new Map(names.map((name) => [name, scrape!])),
      failures: [],
    });
    assert.deepEqual(leftOut(scrapes("a", "b"), { ...scrapes("b", "c"), failures: ["d: refused"] }), [
      "d: refused",
      "pod a, whose metrics were read at the window's begin only",
      "pod c, whose metrics were read at the window's end only",
    ]);
  });

  it("show an open breaker, the worst of the pods", () => {
    const gauges = [0, 0.5].map(
      (value) => new Map([[`egress_circuit_breaker_open{upstream="a.com"}`, value]]),
    );
    const [row] = metricRows({ seconds: 1, growth: new Map(), gauges }, "upstream");
    assert.equal(row!.breaker, "half-open");
  });
});

describe("Prometheus' text format", () => {
  it("is read with escapes, times and infinities; other lines are not", () => {
    const text = `# HELP a b\n# TYPE a counter\na{x="1\\"2\\\\3\\n4",y=" } "} 5 1700000000000\na 6\nb +Inf\nc{ 7\nd x\n`;
    const values = valuesOf(text, new Set(["a", "b", "c", "d"]));
    assert.deepEqual([...values.values()], [5, 6, Infinity]);
    assert.deepEqual(labelsOf([...values.keys()][0]!), { x: '1"2\\3\n4', y: " } " });
  });

  it("a quantile is that of histogram_quantile", () => {
    const buckets = new Map([
      [0.1, 50],
      [0.5, 90],
      [1, 100],
      [Infinity, 100],
    ]);
    assert.equal(quantile(buckets, 0.5), 0.1);
    assert.ok(Math.abs(quantile(buckets, 0.7)! - 0.3) < 1e-9);
    assert.equal(
      quantile(
        new Map([
          [0.1, 0],
          [Infinity, 4],
        ]),
        0.5,
      ),
      0.1,
    );
    assert.equal(
      quantile(
        new Map([
          [0.1, 0],
          [Infinity, 0],
        ]),
        0.5,
      ),
      undefined,
    );
  });
});

describe("rows from the log", () => {
  it("have a latency by client, and tell the proxy's denial from a third party's", () => {
    const line = (change: object) =>
      tapEvent(
        JSON.stringify({
          time: "2027-01-01T00:00:00Z",
          client: "shop/web",
          method: "GET",
          host: "a.com",
          upstream: "a.com",
          path: "/",
          status: 200,
          durationMs: 10,
          msg: "request",
          ...change,
        }),
        "pod",
      )!;
    const events = [
      line({}),
      line({ durationMs: 30 }),
      line({ status: 403, error: "client-denied" }),
      line({ status: 403 }),
    ];
    assert.deepEqual(eventRows(events, 2, "both"), [
      {
        upstream: "a.com",
        client: "shop/web",
        requestsPerSecond: 2,
        success: 1,
        deniedPerSecond: 0.5,
        latency: { p50: 10, p90: 30, p99: 30 },
      },
    ]);
  });
});

describe("a table of rows", () => {
  it("is aligned, and has no column without a value", () => {
    const rows = [
      {
        upstream: "api.stripe.com",
        requestsPerSecond: 12.3,
        success: 0.9999,
        deniedPerSecond: 0,
        latency: { p50: 4.25, p90: 120, p99: 1_250 },
      },
      { upstream: "none", requestsPerSecond: 0, deniedPerSecond: 0.5 },
    ];
    assert.equal(
      asTable(rows, plain),
      `THIRD PARTY     REQ/S  SUCCESS    P50    P90    P99  DENIED/S
api.stripe.com     12    99.9%  4.3ms  120ms  1.25s         0
none                0        -      -      -      -      0.50
`,
    );
  });

  it("lets no escape sequence through", () => {
    const rows = [{ upstream: "a\x1b[2Jb\u202e", requestsPerSecond: 0, deniedPerSecond: 0 }];
    assert.match(asTable(rows, plain), /a\\u\{1b\}\[2Jb\\u\{202e\}/);
  });
});

describe("k8s-egress stat and top", { concurrency: 2 }, () => {
  for (const [argv, message] of [
    [["stat", "--by", "path"], /--by: "path" is none of upstream, client, both\nusage: k8s-egress stat/],
    [["top", "--window", "0"], /--window: "0" is no number of seconds from 1 to 3600\nusage: k8s-egress top/],
    [["stat", "-o", "yaml"], /--output: "yaml" is neither table nor json/],
  ] as const) {
    it(`${argv.join(" ")} is wrong usage`, async () => {
      const { status, out, err } = await runCli(argv);
      assert.deepEqual([status, out], [2, ""]);
      assert.match(err, message);
    });
  }
});
