import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type TapEvent, tapEvent } from "../../proxy-image/src/cli/tap/event";
import { matches, type TapFilter } from "../../proxy-image/src/cli/tap/filter";
import { asJsonLine, asLine } from "../../proxy-image/src/cli/tap/formats";
import { readTapOptions } from "../../proxy-image/src/cli/tap/options";
import { UsageError } from "../../proxy-image/src/cli/usage-error";

const LINE = {
  level: "warn",
  time: "2027-01-01T08:09:10.123Z",
  client: "shop/checkout",
  method: "POST",
  host: "o1.ingest.sentry.io",
  upstream: "*.ingest.sentry.io",
  path: "/api/1/envelope/",
  status: 502,
  durationMs: 12.34,
  error: "certificate-error",
  cause: "CERT_HAS_EXPIRED: certificate has expired",
  msg: "request",
};
const event = (change: object = {}): TapEvent => tapEvent(JSON.stringify({ ...LINE, ...change }), "pod-a")!;
const plain = (_: string, text: string) => text;
const ALL: TapFilter = {
  client: undefined,
  host: undefined,
  method: undefined,
  status: undefined,
  failed: false,
};

describe("a line of the proxy's log", () => {
  it("about a request is an event", () => {
    assert.deepEqual(event(), {
      time: LINE.time,
      pod: "pod-a",
      client: "shop/checkout",
      method: "POST",
      host: "o1.ingest.sentry.io",
      upstream: "*.ingest.sentry.io",
      path: "/api/1/envelope/",
      status: 502,
      milliseconds: 12.34,
      failure: "certificate-error",
      reason: "CERT_HAS_EXPIRED: certificate has expired",
    });
  });

  it("about a head that could not be read is one too", () => {
    const line = `{"level":"warn","time":"2027-01-01T08:09:10.123Z","error":"malformed-request","reason":"a space","peer":"10.0.0.1:5","bytesRead":7,"msg":"unreadable request"}`;
    assert.deepEqual(tapEvent(line, "p"), {
      time: LINE.time,
      pod: "p",
      status: 400,
      failure: "malformed-request",
      reason: "a space",
    });
  });

  for (const line of [
    "",
    "null",
    "[]",
    "{",
    `{"msg":"serving","time":"x"}`,
    `{"msg":"request"}`,
    "npm warn",
  ]) {
    it(`${JSON.stringify(line)} is none`, () => assert.equal(tapEvent(line, "p"), undefined));
  }
});

describe("a filter", () => {
  for (const [filter, change, is] of [
    [{}, {}, true],
    [{ client: "shop" }, {}, true],
    [{ client: "shop/checkout" }, {}, true],
    [{ client: "sho" }, {}, false],
    [{ client: "none" }, { client: undefined }, true],
    [{ client: "none" }, {}, false],
    [{ host: "o1.ingest.sentry.io" }, {}, true],
    [{ host: "*.ingest.sentry.io" }, {}, true],
    [{ host: "ingest.sentry.io" }, {}, false],
    [{ method: "GET" }, {}, false],
    [{ status: "5xx" }, {}, true],
    [{ status: "502" }, {}, true],
    [{ status: "4xx" }, {}, false],
    [{ failed: true }, { error: undefined }, false],
    [{ failed: true }, {}, true],
  ] as [Partial<TapFilter>, object, boolean][]) {
    it(`${JSON.stringify(filter)} ${is ? "admits" : "hides"} ${JSON.stringify(change)}`, () =>
      assert.equal(matches(event(change), { ...ALL, ...filter }), is));
  }
});

describe("an event's line", () => {
  it("has everything, for people and as JSON", () => {
    assert.equal(
      asLine(event(), true, plain),
      "08:09:10  502     12ms  shop/checkout  POST  o1.ingest.sentry.io/api/1/envelope/  certificate-error  (CERT_HAS_EXPIRED: certificate has expired)\n",
    );
    assert.deepEqual(JSON.parse(asJsonLine(event(), true)), event());
  });

  it("has no path with --no-paths", () => {
    assert.doesNotMatch(asLine(event(), false, plain), /envelope/);
    assert.doesNotMatch(asJsonLine(event(), false), /envelope/);
  });

  it("lets no escape sequence of a client through", () => {
    for (const field of ["client", "method", "host", "path", "error", "cause"]) {
      const line = asLine(event({ [field]: "\x1b]0;x\x07\x9b2J" }), true, plain);
      // eslint-disable-next-line no-control-regex -- they must not be there
      assert.doesNotMatch(line.trimEnd(), /[\x00-\x1f\x7f-\x9f]/, field);
    }
  });

  it("lets none through as JSON either, and is the same JSON", () => {
    const hostile = event({ cause: "\x1b]0;x\x07\x9b2J\u202e\u{e0001}" });
    const line = asJsonLine(hostile, true);
    // eslint-disable-next-line no-control-regex -- they must not be there
    assert.doesNotMatch(line.trimEnd(), /[\x00-\x1f\x7f-\x9f]|[\p{Cf}]/u);
    assert.deepEqual(JSON.parse(line), hostile);
  });
});

describe("tap's options", () => {
  it("are read", () => {
    const options = readTapOptions([
      "--client=shop",
      "--status",
      "5xx",
      "--no-paths",
      "--max=3",
      "-n",
      "egress",
    ]);
    assert.ok(options !== "help");
    assert.deepEqual(options.filter, { ...ALL, client: "shop", status: "5xx" });
    assert.deepEqual([options.paths, options.max, options.namespace], [false, 3, "egress"]);
  });
  for (const [argv, message] of [
    [["--method", "get"], /--method: "get" is no method/],
    [["--status", "5x"], /--status: "5x" is no status; give one such as 404 or 5xx/],
    [["--max", "0"], /--max: "0" is no number of requests from 1 to 999999999\n/],
    [["shop"], /Unexpected argument 'shop'/],
  ] as const) {
    it(`${argv.join(" ")} is wrong usage`, () =>
      assert.throws(
        () => readTapOptions([...argv]),
        (error) => error instanceof UsageError && message.test(error.message),
      ));
  }
});
