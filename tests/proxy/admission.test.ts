import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { lines, sendRaw, statusOf } from "./support/raw-client";
import { type World, startWorld, upstream } from "./support/world";

const NAME = "api.example.com.egress.local";
const HOST = `Host: ${NAME}`;

describe("admission: what could be read in two ways is refused before anything is decided", () => {
  let world: World;
  let seen = 0;

  before(async () => {
    world = await startWorld({ "api.example.com": upstream("api-example-com") });
    await world.internet.https(["api.example.com"], (_req, res) => {
      seen++;
      res.end("reached");
    });
  });
  after(() => world.close());

  const refused: [string, string, number, string][] = [
    ["no Host", lines("GET / HTTP/1.1"), 400, "missing-host"],
    ["no Host in HTTP/1.0", lines("GET / HTTP/1.0"), 400, "missing-host"],
    ["two Hosts", lines("GET / HTTP/1.1", HOST, "host: other"), 400, "duplicate-host"],
    ["the same Host twice", lines("GET / HTTP/1.1", HOST, HOST), 400, "duplicate-host"],
    [
      "a second Host behind 2,000 header fields",
      lines("GET / HTTP/1.1", HOST, ...Array<string>(2_100).fill("A:"), "Host: other"),
      431,
      "too-many-headers",
    ],
    ["an empty Host", lines("GET / HTTP/1.1", "Host:"), 400, "malformed-host"],
    ["user information in Host", lines("GET / HTTP/1.1", HOST.replace(" ", " a@")), 400, "malformed-host"],
    ["a port that is none", lines("GET / HTTP/1.1", `${HOST}:http`), 400, "malformed-host"],
    ["a port too large", lines("GET / HTTP/1.1", `${HOST}:65536`), 400, "malformed-host"],
    ["two ports", lines("GET / HTTP/1.1", `${HOST}:80:80`), 400, "malformed-host"],
    ["two dots at the end", lines("GET / HTTP/1.1", `${HOST}..`), 400, "malformed-host"],
    ["a path in Host", lines("GET / HTTP/1.1", `${HOST}/x`), 400, "malformed-host"],
    ["an IPv6 literal", lines("GET / HTTP/1.1", "Host: [::1]"), 400, "malformed-host"],
    ["an IPv4 literal", lines("GET / HTTP/1.1", "Host: 127.0.0.1"), 400, "malformed-host"],
    ["two names in Host", lines("GET / HTTP/1.1", `${HOST}, other`), 400, "malformed-host"],
    ["another host in absolute-form", lines("GET http://other/ HTTP/1.1", HOST), 400, "conflicting-host"],
    [
      "another port in absolute-form",
      lines(`GET http://${NAME}:81/ HTTP/1.1`, HOST),
      400,
      "conflicting-host",
    ],
    ["absolute-form, an empty Host", lines(`GET http://${NAME}/ HTTP/1.1`, "Host:"), 400, "conflicting-host"],
    ["absolute-form without Host", lines(`GET http://${NAME}/ HTTP/1.1`), 400, "missing-host"],
    ["absolute-form, two Hosts", lines(`GET http://${NAME}/ HTTP/1.1`, HOST, HOST), 400, "duplicate-host"],
    [
      "absolute-form of a host that is not listed",
      lines("GET http://other.egress.local/ HTTP/1.1", "Host: other.egress.local"),
      403,
      "not-listed",
    ],
    ...[
      `https://${NAME}/`,
      `ws://${NAME}/`,
      `http://a@${NAME}/`,
      `http://a:b@${NAME}/`,
      `http://${NAME}/#b`,
      `http://${NAME}#b`,
      "http:///a",
      "http://",
      `http:/${NAME}/`,
      `http:${NAME}`,
      `http://${NAME}:/`,
      `http://${NAME}:0/`,
      `http://${NAME}\\@other/`,
      `http://${NAME}%2eother/`,
      "http://[::1]/",
      `//${NAME}/#`,
      `${NAME}:80`,
      NAME,
    ].map((target): [string, string, number, string] => [
      `the target ${target}`,
      lines(`GET ${target} HTTP/1.1`, HOST),
      400,
      "malformed-target",
    ]),
    ["asterisk-form without OPTIONS", lines("GET * HTTP/1.1", HOST), 400, "malformed-target"],
    ["asterisk-form without Host", lines("OPTIONS * HTTP/1.1"), 400, "missing-host"],
    ["two asterisks", lines("OPTIONS ** HTTP/1.1", HOST), 400, "malformed-target"],
    ["a fragment", lines("GET /a#b HTTP/1.1", HOST), 400, "malformed-target"],
    ["bytes beyond ASCII in the target", lines("GET /\xe9 HTTP/1.1", HOST), 400, "malformed-request"],
    ["a target without a slash", lines("GET x HTTP/1.1", HOST), 400, "malformed-"],
    ["CONNECT", lines("CONNECT other:443 HTTP/1.1", HOST), 405, "method-rejected"],
    ["TRACE", lines("TRACE / HTTP/1.1", HOST), 405, "method-rejected"],
    [
      "another transfer coding before chunked",
      `${lines("POST / HTTP/1.1", HOST, "Transfer-Encoding: gzip, chunked")}0\r\n\r\n`,
      501,
      "transfer-encoding-rejected",
    ],
    [
      "chunked twice",
      `${lines("POST / HTTP/1.1", HOST, "Transfer-Encoding: chunked, chunked")}0\r\n\r\n`,
      400,
      "conflicting-framing",
    ],
    [
      "Content-Length and chunked",
      `${lines("POST / HTTP/1.1", HOST, "Content-Length: 5", "Transfer-Encoding: chunked")}0\r\n\r\n`,
      400,
      "conflicting-framing",
    ],
    [
      "two Content-Lengths",
      `${lines("POST / HTTP/1.1", HOST, "Content-Length: 1", "Content-Length: 1")}x`,
      400,
      "conflicting-framing",
    ],
    [
      "a Content-Length with a sign",
      `${lines("POST / HTTP/1.1", HOST, "Content-Length: +1")}x`,
      400,
      "malformed-request",
    ],
    [
      "a header section too large",
      lines("GET / HTTP/1.1", HOST, `A: ${"x".repeat(40_000)}`),
      431,
      "headers-too-large",
    ],
    ["a bare line feed", `GET / HTTP/1.1\n${HOST}\n\n`, 400, "malformed-request"],
    ["a space before the colon", lines("GET / HTTP/1.1", "Host : a"), 400, "malformed-request"],
    ["no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "malformed-request"],
    [
      "an unknown expectation",
      lines("GET / HTTP/1.1", HOST, "Expect: miracles"),
      417,
      "expectation-rejected",
    ],
  ];

  for (const [name, bytes, status, failure] of refused) {
    it(`${name}: ${status}`, async () => {
      const reply = await sendRaw(world.port, Buffer.from(bytes, "latin1"), 300);
      assert.equal(statusOf(reply), status, reply.text);
      assert.match(reply.text, /^Content-Type: application\/problem\+json; charset=utf-8\r$/m);
      assert.match(
        reply.text,
        new RegExp(`^Proxy-Status: k8s-egress; error=[a-z_]+; details="${failure}`, "m"),
      );
      assert.equal(reply.text.split("HTTP/1.1 ").length, 2, "one answer");
      assert.equal(seen, 0);
    });
  }

  it("what follows a refused request on the same connection is not read", async () => {
    const smuggled = lines("GET / HTTP/1.1", HOST).repeat(3);
    const reply = await sendRaw(world.port, lines("GET / HTTP/1.1", HOST, HOST) + smuggled, 300);
    assert.equal(reply.ended, "closed");
    assert.equal(reply.text.split("HTTP/1.1 ").length, 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(world.internet.connected.length, 0, "not even a connection");
    assert.equal(seen, 0);
  });

  it("the same third party is reached by a request that can be read in one way only", async () => {
    const reply = await sendRaw(world.port, lines("GET / HTTP/1.1", HOST, "Connection: close"), 3_000);
    assert.equal(statusOf(reply), 200);
    assert.match(reply.text, /reached$/);
    assert.equal(seen, 1);
  });
});
