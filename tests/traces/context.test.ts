import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  parseTraceparent,
  traceparentOf,
  tracestateOf,
} from "../../proxy-image/src/proxy/message/trace-context";
import { RequestHead } from "../../proxy-image/src/proxy/message/request-head";
import { asksForOpenMetrics } from "../../proxy-image/src/proxy/observe/open-metrics";
import { Sampling } from "../../proxy-image/src/proxy/trace/sampling";
import { serverAttributes, spanName } from "../../proxy-image/src/proxy/trace/attributes";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

describe("a traceparent", () => {
  it("is read, and written in version 00", () => {
    const parent = parseTraceparent(`00-${TRACE}-${SPAN}-01`)!;
    assert.deepEqual(parent, { traceId: TRACE, spanId: SPAN, sampled: true });
    assert.equal(traceparentOf(parent), `00-${TRACE}-${SPAN}-01`);
    assert.equal(parseTraceparent(`00-${TRACE}-${SPAN}-02`)!.sampled, false);
    assert.equal(parseTraceparent(`00-${TRACE}-${SPAN}-03`)!.sampled, true);
  });

  it("of a later version may be longer", () => {
    assert.ok(parseTraceparent(`01-${TRACE}-${SPAN}-01-more`));
    assert.ok(parseTraceparent(`cc-${TRACE}-${SPAN}-01`));
  });

  for (const [value, why] of [
    [undefined, "absent"],
    ["", "empty"],
    [`ff-${TRACE}-${SPAN}-01`, "version ff"],
    [`00-${TRACE}-${SPAN}-01-more`, "version 00 with more"],
    [`01-${TRACE}-${SPAN}-01more`, "more without a dash"],
    [`00-${"0".repeat(32)}-${SPAN}-01`, "no trace id"],
    [`00-${TRACE}-${"0".repeat(16)}-01`, "no span id"],
    [`00-${TRACE.toUpperCase()}-${SPAN}-01`, "capitals"],
    [`00-${TRACE}-${SPAN}-1`, "short flags"],
    [` 00-${TRACE}-${SPAN}-01`, "a blank before it"],
    [`00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`, "two"],
  ] as const) {
    it(`is invalid: ${why}`, () => assert.equal(parseTraceparent(value), undefined));
  }

  it("that a request has twice is invalid", () => {
    const one = ["traceparent", `00-${TRACE}-${SPAN}-01`];
    const head = new RequestHead("GET", "/", "1.1", [...one, ...one]);
    assert.equal(parseTraceparent(head.traceparent), undefined);
  });
});

describe("a tracestate", () => {
  it("is joined from repeated fields", () => {
    assert.equal(tracestateOf(["TraceState", "a=1", "x", "y", "tracestate", "b=2"]), "a=1,b=2");
    assert.equal(tracestateOf(["x", "y"]), undefined);
  });

  it("that is longer than 512 characters, or not ASCII, is dropped", () => {
    assert.ok(tracestateOf(["tracestate", `a=${"x".repeat(510)}`]));
    assert.equal(tracestateOf(["tracestate", `a=${"x".repeat(511)}`]), undefined);
    assert.equal(tracestateOf(["tracestate", "a=\xe9"]), undefined);
  });
});

describe("sampling", () => {
  const asked = { traceId: TRACE, spanId: SPAN, sampled: true };

  it("follows the client, up to a number a second, and then the ratio", () => {
    const sampling = new Sampling(0.5, 2, () => 0.5);
    const decide = (now: number) => sampling.samples(asked, now);
    assert.deepEqual([0, 1, 2, 999].map(decide), [true, true, false, false]);
    assert.equal(decide(1_000), true);
    assert.equal(sampling.samples({ ...asked, sampled: false }, 1_001), false);
  });

  it("without a client's wish is by the ratio, with its ends", () => {
    for (const [ratio, random, expected] of [
      [0, 0, false],
      [0.25, 0.24, true],
      [0.25, 0.25, false],
      [1, 0.999_999, true],
    ] as const) {
      assert.equal(new Sampling(ratio, 100, () => random).samples(undefined, 0), expected);
    }
  });

  it("heeds no client with a number of 0", () => {
    const sampling = new Sampling(0.5, 0, () => 0.4);
    assert.equal(sampling.samples({ ...asked, sampled: false }, 0), true);
    assert.equal(new Sampling(0, 0).samples(asked, 0), false);
  });
});

describe("a span", () => {
  it("has few names: methods that nobody knows share one, and paths are patterns", () => {
    assert.equal(spanName("GET", undefined), "GET");
    assert.equal(spanName("GET", { index: 0, path: "/v1/*" }), "GET /v1/*");
    assert.equal(spanName("BREW", { index: 0, path: "/v1/*" }), "HTTP /v1/*");
  });

  const attributes = (method: string, target: string, fields: string[] = []) =>
    serverAttributes(
      {
        head: new RequestHead(method, target, "1.1", ["Host", "user:secret@x.example", ...fields]),
        client: undefined,
        destination: undefined,
        origin: undefined,
        retries: 0,
        failure: undefined,
        cancelled: false,
        status: 200,
      },
      undefined,
    );

  it("shows no query, no user information and no control characters, of any target", () => {
    for (const target of ["/a?key=secret", "/a#secret", "http://user:secret@x.example/a", "/a\u001b[0m"]) {
      const shown = JSON.stringify(attributes("GET", target));
      assert.equal(shown.includes("secret"), false, shown);
      assert.equal(shown.includes("\u001b"), false, shown);
    }
  });

  it("has a bounded path, and the method as it was if it is unknown", () => {
    assert.ok(String(attributes("GET", `/${"x".repeat(10_000)}`)["url.path"]).length < 600);
    const brew = attributes("BREW", "/");
    assert.equal(brew["http.request.method"], "_OTHER");
    assert.equal(brew["http.request.method_original"], "BREW");
  });

  it("of gRPC has the method of the conventions for RPC", () => {
    const grpc = attributes("POST", "/shop.Checkout/Pay", ["content-type", "application/grpc-web+proto"]);
    assert.equal(grpc["rpc.system.name"], "grpc");
    assert.equal(grpc["rpc.method"], "shop.Checkout/Pay");
    assert.equal(attributes("POST", "/shop.Checkout/Pay")["rpc.method"], undefined);
  });
});

describe("a scrape", () => {
  it("asks for OpenMetrics by its Accept field", () => {
    const prometheus =
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.4";
    assert.equal(asksForOpenMetrics(prometheus), true);
    for (const accept of [undefined, "*/*", "text/plain", "application/openmetrics-text;version=0.0.1"])
      assert.equal(asksForOpenMetrics(accept), false);
  });
});
