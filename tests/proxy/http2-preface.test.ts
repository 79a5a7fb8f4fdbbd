import assert from "node:assert/strict";
import { once } from "node:events";
import http2 from "node:http2";
import { after, before, describe, it } from "node:test";
import { ask } from "./support/client";
import { lines, sendRaw, statusOf } from "./support/raw-client";
import { type World, eventually, startWorld, upstream } from "./support/world";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/** An empty SETTINGS frame and the header of a GOAWAY frame without its length: what HTTP/2 is answered with. */
const SETTINGS = "\0\0\0\x04\0\0\0\0\0";

describe("a client that speaks HTTP/2", () => {
  let world: World;
  before(async () => {
    world = await startWorld({ "api.example.com": upstream("api-example-com") });
    await world.internet.https(["api.example.com"], (_req, res) => res.end("ok"));
  });
  after(() => world.close());

  it("gets a GOAWAY frame: HTTP_1_1_REQUIRED, with a sentence; it is counted and logged once", async () => {
    const session = http2.connect(`http://127.0.0.1:${world.port}`);
    session.on("error", () => undefined);
    const request = session.request({ ":path": "/", ":authority": "api.example.com.egress.local" });
    request.on("error", () => undefined);
    const [code, lastStream, data] = (await once(session, "goaway")) as [number, number, Buffer];
    assert.equal(code, http2.constants.NGHTTP2_HTTP_1_1_REQUIRED);
    assert.equal(lastStream, 0);
    assert.match(data.toString(), /^k8s-egress: The client speaks HTTP\/2, .* Use HTTP\/1\.1/);
    if (!session.destroyed) await once(session, "close");
    await eventually(() => world.log.length > 0, "a line");
    assert.deepEqual(
      world.log.map(({ error }) => error),
      ["http2-not-spoken"],
    );
    const metrics = await ask({ port: world.adminPort, host: "admin", path: "/metrics" });
    assert.match(
      metrics.body.toString(),
      /^egress_failures_total\{upstream="none",failure="http2-not-spoken",proxy_status="http_request_error"\} 1$/m,
    );
    assert.deepEqual(world.internet.connected, []);
  });

  for (const [name, bytes] of [
    ["whole", PREFACE],
    ["with much behind it", PREFACE + "\0".repeat(100_000)],
    ["up to where HTTP/1.1 sees the end of a head", PREFACE.slice(0, 18)],
  ] as const) {
    it(`its preface, ${name}`, async () => {
      const { text, ended } = await sendRaw(world.port, Buffer.from(bytes, "latin1"), 500);
      assert.equal(text.slice(0, 9), SETTINGS);
      assert.equal(text.charCodeAt(12), 7);
      assert.equal(ended, "closed");
    });
  }

  for (const [name, bytes] of [
    ["behind a request, where it is none", lines("GET / HTTP/1.1", "Host: other.egress.local") + PREFACE],
    ["of another version", PREFACE.replace("2.0", "2.1")],
    ["with a field", lines("PRI * HTTP/2.0", "Host: a")],
    ["behind an empty line", `\r\n${PREFACE}`],
  ] as const) {
    it(`no preface: ${name}, gets HTTP/1.1`, async () => {
      const reply = await sendRaw(world.port, bytes, 500);
      assert.ok(statusOf(reply) >= 400);
      assert.match(reply.text, /details="malformed-request"/);
      assert.equal(reply.ended, "closed");
    });
  }
});
