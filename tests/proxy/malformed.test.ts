import { parseRequestHead } from "../../proxy-image/src/proxy/http1/client/parse-request-head";
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { parseFields } from "../../proxy-image/src/proxy/http1/fields";
import { GRAMMAR_RULES } from "../../proxy-image/src/proxy/http1/client/grammar-rules";
import { MalformedMessageError } from "../../proxy-image/src/proxy/http1/malformed";
import { lines, sendRaw } from "./support/raw-client";
import { type World, eventually, startWorld, upstream } from "./support/world";

const NAME = "api.example.com.egress.local";
const HOST = `Host: ${NAME}`;
const SECRET = "Authorization: Bearer secret";

/** A request, the rule that it breaks, where, and a part of the sentence. */
const malformed: [string, keyof typeof GRAMMAR_RULES, number, RegExp][] = [
  ["\x16\x03\x01\x02\0", "not-http", 0, /http:\/\/, not https:\/\//],
  ["\0", "method", 0, /byte 0x00/],
  [" GET / HTTP/1.1\r\n\r\n", "method", 0, /byte 0x20/],
  ["GE:T / HTTP/1.1\r\n\r\n", "method", 2, /byte 0x3A/],
  ["GET\t/ HTTP/1.1\r\n\r\n", "method", 3, /byte 0x09/],
  [`${"G".repeat(65)} / HTTP/1.1\r\n\r\n`, "method-length", 64, /64 characters/],
  ["GET  / HTTP/1.1\r\n\r\n", "request-line", 4, /one space/],
  ["GET /\r\n\r\n", "request-line", 5, /GET \/path HTTP\/1\.1/],
  ["GET\r\n\r\n", "method", 3, /one space/],
  ["GET / HTTP/1.1 \r\n\r\n", "request-line", 14, /byte 0x20/],
  ["GET /\xe9 HTTP/1.1\r\n\r\n", "target-byte", 5, /byte 0xE9 .* Percent-encode it\./],
  ["GET /a\tb HTTP/1.1\r\n\r\n", "target-byte", 6, /byte 0x09/],
  ["GET /a b HTTP/1.1\r\n\r\n", "target-space", 6, /%20/],
  ["GET / HTTP/1.2\r\n\r\n", "version", 6, /Send HTTP\/1\.1/],
  ["GET / HTTP/2\r\n\r\n", "version", 6, /RFC 9112 §2\.3/],
  ["GET / ICE/1.0\r\n\r\n", "version", 6, /version/],
  ["GET / HTTP/1.1\nHost: a\n\n", "bare-line-feed", 14, /in the request line/],
  ["GET / HTTP/1.1\rHost: a\r\n\r\n", "bare-carriage-return", 14, /in the request line/],
  [lines("GET / HTTP/1.1", "A: b\nC: d"), "bare-line-feed", 20, /in the field "A"/],
  [lines("GET / HTTP/1.1", "A: b\rC: d"), "bare-carriage-return", 20, /in the field "A"/],
  [lines("GET / HTTP/1.1", " A: b"), "line-folding", 16, /on the first header line/],
  [lines("GET / HTTP/1.1", SECRET, "\tsecret"), "line-folding", 46, /after the field "Authorization"/],
  [lines("GET / HTTP/1.1", SECRET, "secret"), "field-colon", 52, /after the field "Authorization"/],
  [lines("GET / HTTP/1.1", "Host : a"), "field-space", 20, /after "Host"; .* directly behind the name/],
  [lines("GET / HTTP/1.1", "Ho st: a"), "field-name", 18, /byte 0x20/],
  [lines("GET / HTTP/1.1", ": a"), "field-name", 16, /byte 0x3A/],
  [lines("GET / HTTP/1.1", "H\xe9: a"), "field-name", 17, /byte 0xE9/],
  [lines("GET / HTTP/1.1", SECRET, "secret/: a"), "field-name", 52, /after the field "Authorization"/],
  [
    lines("GET / HTTP/1.1", "Authorization: secret\x01"),
    "field-value",
    37,
    /byte 0x01 .* in the field "Auth/,
  ],
  [lines("GET / HTTP/1.1", "X: \x7f"), "field-value", 19, /byte 0x7F/],
];

describe("why a request is malformed", () => {
  for (const [text, rule, offset, says] of malformed) {
    it(`${JSON.stringify(text.slice(0, 60))}: ${rule}`, async () => {
      const { detail, log } = await ask(text);
      assert.ok(detail.includes(`${GRAMMAR_RULES[rule].broken} (`), detail);
      assert.ok(detail.includes(`at offset ${offset}`), detail);
      assert.ok(
        detail.includes(GRAMMAR_RULES[rule].section) && detail.includes(GRAMMAR_RULES[rule].remedy),
        detail,
      );
      assert.match(detail, says);
      assert.ok(detail.includes(String(log.reason)), "the log says the same");
      for (const shown of [detail, JSON.stringify(log)]) assert.doesNotMatch(shown, /secret/);
      assert.match(detail, /^[\x20-\x7e§]*$/);
    });
  }

  it("every rule of the table has a case", () => {
    const tried = new Set(malformed.map(([, rule]) => rule));
    assert.deepEqual(
      Object.keys(GRAMMAR_RULES).filter((rule) => !tried.has(rule as keyof typeof GRAMMAR_RULES)),
      [],
    );
  });

  it("is found where the readers find it: none is unexplained, wherever one byte is wrong", () => {
    const good = lines("GET /a HTTP/1.1", "Host: a", "X-Y: z").slice(0, -2);
    let refused = 0;
    for (let at = 0; at < good.length; at++) {
      for (const byte of ["\0", "\t", "\n", "\r", " ", ":", "\x7f", "\xff", ""]) {
        const text = good.slice(0, at) + byte + good.slice(at + 1);
        try {
          parseRequestHead(text.endsWith("\r\n") ? text : `${text}\r\n`);
        } catch (error) {
          refused++;
          assert.ok(error instanceof MalformedMessageError && error.reason, JSON.stringify(text));
          assert.ok(error.reason.offset <= text.length, JSON.stringify(text));
        }
      }
    }
    assert.ok(refused > 100, String(refused));
  });

  it("is looked for in linear work", () => {
    // Each of these would be walked again and again by an expression that backtracks.
    for (const piece of [" ", "\t", "a", "a:", "a: \r\n", "\r", ":"]) {
      const text = `GET / HTTP/1.1\r\n${piece.repeat(3_000_000 / piece.length)}\x01\r\n`;
      assert.throws(() => parseRequestHead(text), MalformedMessageError);
    }
  });

  it("is told for trailers and answers alike", () =>
    assert.throws(
      () => parseFields("X-Sum : 1\r\n", 0),
      /blank stands between .* \(byte 0x20 at offset 5, after "X-Sum"/,
    ));

  let world: World;
  before(async () => {
    world = await startWorld({
      "api.example.com": upstream("api-example-com", { maxBodyBytes: { request: 1_000 } }),
    });
    await world.internet.https(["api.example.com"], (_req, res) => res.end("ok"));
  });
  after(() => world.close());
  beforeEach(() => (world.log.length = 0));

  interface Outcome {
    detail: string;
    text: string;
    log: Record<string, unknown>;
    port: number;
  }

  async function ask(text: string): Promise<Outcome> {
    world.log.length = 0;
    const socket = net.connect(world.port, "127.0.0.1");
    let answer = "";
    let port = 0;
    socket.on("connect", () => (port = socket.localPort!));
    socket.on("data", (bytes: Buffer) => (answer += bytes.toString("latin1")));
    socket.on("error", () => undefined);
    socket.write(Buffer.from(text, "latin1"));
    await eventually(() => answer.endsWith("}\n"), "an answer");
    socket.destroy();
    await eventually(() => world.log.length === 1, "a line of the log");
    const { detail } = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n"))) as { detail: string };
    return { detail, text: answer, log: world.log[0]!, port };
  }

  it("the log has method, host, path, peer and bytes, without query, password or control characters", async () => {
    const text = lines("POST /v1/\xe9?key=secret HTTP/1.1", SECRET, `Host: user:secret@${NAME}`);
    const { log, detail, port } = await ask(text);
    const { reason, ...rest } = log;
    delete rest.time;
    assert.match(String(reason), /byte 0xE9 at offset 9/);
    assert.deepEqual(rest, {
      level: 40,
      error: "malformed-request",
      method: "POST",
      host: NAME,
      path: "/v1/\\xe9",
      peer: `127.0.0.1:${port}`,
      bytesRead: text.length,
      msg: "unreadable request",
    });
    assert.ok(detail.endsWith(`Asked for: POST ${NAME}/v1/\\xe9`), detail);
  });

  it("limits are told with their number", async () => {
    const cases: [string, string, RegExp][] = [
      [
        lines("GET / HTTP/1.1", HOST, "A: b", `Cookie: ${"x".repeat(40_000)}`),
        "headers-too-large",
        /longer than 32768 bytes \(`limits\.headerBytes`\)\. The largest field is "Cookie" with \d+ bytes\./,
      ],
      [
        lines(`GET /${"x".repeat(40_000)} HTTP/1.1`, HOST),
        "target-too-long",
        /alone is longer than 32768 bytes \(`limits\.headerBytes`\)/,
      ],
      [
        lines("GET / HTTP/1.1", HOST, ...Array<string>(200).fill("A:")),
        "too-many-headers",
        /has 201; at most 200/,
      ],
      [lines("POST / HTTP/1.1", HOST, "Content-Length: 1001"), "request-too-large", /1001 bytes; 1000 are/],
      [lines("GET / HTTP/1.1", HOST, HOST), "duplicate-host", /has 2 of them/],
      [
        lines("GET / HTTP/1.1", HOST, "Content-Length: x"),
        "malformed-request",
        /Content-Length is not a number/,
      ],
    ];
    for (const [text, failure, says] of cases) {
      const outcome = await ask(text);
      assert.match(outcome.text, new RegExp(`details="${failure}"`));
      assert.match(outcome.detail, says);
      assert.match(outcome.detail, /Asked for: [A-Z]+ /);
      assert.equal(outcome.log.error, failure);
      assert.match(String(outcome.log.reason), says);
    }
  });

  it("a body that breaks its coding is told what is wrong with it", async () => {
    const head = lines("POST /a HTTP/1.1", HOST, "Transfer-Encoding: chunked");
    const { detail, log } = await ask(`${head}nonsense\r\n`);
    assert.match(
      detail,
      /^The body: .*\. Correct the client.* Asked for: POST api\.example\.com\.egress\.local\/a$/,
    );
    assert.equal(log.error, "malformed-request");
    assert.equal(log.path, "/a");
    assert.match(String(log.reason), /^The body: /);
  });

  it("nothing secret of what was rejected later is shown", async () => {
    for (const text of [
      lines("GET /a?secret HTTP/1.1", `Host: user:secret@${NAME}`),
      lines(`GET http://user:secret@${NAME}/a HTTP/1.1`, HOST),
      lines("GET /a?secret HTTP/1.1", "Host: other.example.net"),
    ]) {
      const { log, text: answer } = await ask(text);
      assert.doesNotMatch(`${JSON.stringify(log)}${answer}`, /secret/);
    }
  });

  it("a half head is answered with what came of it", async () => {
    const reply = await sendRaw(world.port, Buffer.from("GET /a HTTP/1.1\r\nHost: a\r\nX\n", "latin1"), 500);
    assert.match(reply.text, /line feed alone .* Asked for: GET a\/a/);
  });
});
