import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { lines, sendRaw } from "./support/raw-client";
import { type World, startWorld, upstream } from "./support/world";

const NAME = "api.example.com.egress.local";
const RULED = "ruled.example.com.egress.local";

describe("a request's target", () => {
  let world: World;
  /** Request line and Host, as the third parties got them. */
  let seen: string[] = [];
  let location = "";

  before(async () => {
    world = await startWorld({
      "api.example.com": upstream("api-example-com"),
      "ruled.example.com": upstream("ruled-example-com", { allow: [{ paths: ["/v1/**"] }] }),
      "options.example.com": upstream("options-example-com", {
        allow: [{ methods: ["OPTIONS"] }, { paths: ["/**", "/"] }],
      }),
    });
    await world.internet.https(
      ["api.example.com", "ruled.example.com", "options.example.com"],
      (req, res) => {
        seen.push(`${req.method} ${req.url} ${req.headers.host}`);
        res.writeHead(200, location === "" ? {} : { location }).end("ok");
      },
    );
  });
  after(() => world.close());
  beforeEach(() => {
    seen = [];
    location = "";
    world.log.length = 0;
  });

  const send = async (...text: string[]): Promise<string> =>
    (await sendRaw(world.port, lines(...text, "Connection: close"), 500)).text;
  const outcome = (text: string): string =>
    /details="([^"]+)"/.exec(text)?.[1] ?? text.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length);

  const forwarded: [string, string, string][] = [
    [`GET http://${NAME}/x?y=z HTTP/1.1`, NAME, "GET /x?y=z"],
    [`GET HTTP://${NAME.toUpperCase()}./x HTTP/1.1`, NAME, "GET /x"],
    [`GET http://${NAME}:80/x HTTP/1.1`, NAME, "GET /x"],
    [`GET http://${NAME}:8080/x HTTP/1.1`, `${NAME}:8080`, "GET /x"],
    [`GET http://${NAME} HTTP/1.1`, NAME, "GET /"],
    [`GET http://${NAME}?y HTTP/1.1`, NAME, "GET /?y"],
    [`GET http://${NAME}//x/http://y HTTP/1.1`, NAME, "GET //x/http://y"],
    ["GET http://api-example-com.egress.svc/x HTTP/1.1", "api-example-com.egress.svc", "GET /x"],
    ["OPTIONS * HTTP/1.1", NAME, "OPTIONS *"],
    [`OPTIONS http://${NAME} HTTP/1.1`, NAME, "OPTIONS *"],
    [`OPTIONS http://${NAME}/ HTTP/1.1`, NAME, "OPTIONS /"],
  ];
  for (const [line, host, sent] of forwarded) {
    it(`${line} goes out as ${sent}`, async () => {
      assert.equal(outcome(await send(line, `Host: ${host}`)), "200");
      assert.deepEqual(seen, [`${sent} api.example.com`]);
      const entry = world.log[0]!;
      assert.equal(entry.host, "api.example.com");
      assert.equal(entry.path, sent.split(" ")[1]!.split("?")[0]);
    });
  }

  it("HTTP/1.0 needs no Host beside a URL", async () => {
    assert.equal(outcome(await send(`GET http://${NAME}/x HTTP/1.0`)), "200");
    assert.deepEqual(seen, ["GET /x api.example.com"]);
  });

  it("rules see the path of a URL, and `*` has none", async () => {
    const ask = async (line: string, host = RULED): Promise<string> =>
      outcome(await send(`${line} HTTP/1.1`, `Host: ${host}`));
    assert.equal(await ask(`GET http://${RULED}/v1/a`), "200");
    assert.equal(await ask(`GET http://${RULED}/v2/a`), "request-denied");
    assert.equal(await ask(`GET http://${RULED}/v1/../v2`), "ambiguous-path");
    assert.equal(await ask(`GET http://${RULED}`), "request-denied");
    assert.equal(await ask("OPTIONS *"), "request-denied");
    assert.equal(await ask(`OPTIONS http://${RULED}`), "request-denied");
    const options = "options.example.com.egress.local";
    assert.equal(await ask("OPTIONS *", options), "200");
    assert.deepEqual(seen, ["GET /v1/a ruled.example.com", "OPTIONS * options.example.com"]);
  });

  it("a redirect leads to the name in the URL", async () => {
    location = "https://api.example.com/next";
    const text = await send(
      "GET http://api-example-com.egress.svc:80/x HTTP/1.1",
      "Host: api-example-com.egress.svc",
    );
    assert.match(text, /^location: http:\/\/api-example-com\.egress\.svc:80\/next\r$/im);
  });

  it("a request that has been here before is recognised", async () => {
    await send(`GET http://${NAME}/x HTTP/1.1`, `Host: ${NAME}`);
    const via = /^Via: 1\.1 (k8s-egress-\S+)\r$/m.exec(
      await send(`GET http://${NAME}/x HTTP/1.1`, `Host: ${NAME}`),
    )![1]!;
    assert.equal(
      outcome(await send(`GET http://${NAME}/x HTTP/1.1`, `Host: ${NAME}`, `Via: 1.1 ${via}`)),
      "proxy-loop",
    );
  });

  it("the log has no password of a rejected URL, and no query or fragment", async () => {
    await send(`GET http://user:secret@${NAME}/x?secret HTTP/1.1`, `Host: ${NAME}`);
    await send(`GET user:secret@${NAME} HTTP/1.1`, `Host: ${NAME}`);
    await send(`GET /x#secret HTTP/1.1`, `Host: ${NAME}`);
    assert.deepEqual(
      world.log.map(({ path, error }) => [path, error]),
      [
        [`...@${NAME}/x`, "malformed-target"],
        [`...@${NAME}`, "malformed-target"],
        ["/x", "malformed-target"],
      ],
    );
  });
});
