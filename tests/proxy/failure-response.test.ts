import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ask } from "./support/client";
import { lines, sendRaw } from "./support/raw-client";
import { type World, clientField, startWorld, upstream } from "./support/world";

interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  message: string;
  code: string;
  error: { message: string; type: string; code: string };
}

describe("what a client is told of a failure", () => {
  let world: World;
  before(async () => {
    world = await startWorld({
      "api.example.com": upstream("api-example-com"),
      "down.example.com": upstream("down-example-com"),
    });
    await world.internet.https(["api.example.com"], (_req, res) =>
      res.writeHead(403, "Made up", { "Content-Type": "text/plain" }).end("theirs"),
    );
  });
  after(() => world.close());

  const problemOf = async (host: string, path = "/v1/a?key=secret"): Promise<Problem> => {
    const answer = await ask({ port: world.port, host, path });
    return JSON.parse(answer.body.toString()) as Problem;
  };

  it("third parties' libraries find a message and an error, whichever they look for", async () => {
    const problem = await problemOf("other.example.net.egress.local");
    const { title, detail, message, error } = problem;
    assert.equal(message, `${title} ${detail}`);
    assert.equal(problem.code, "not-listed");
    assert.deepEqual(error, { message, type: "k8s-egress", code: "not-listed" });
    assert.equal(problem.status, 403);
    assert.match(problem.type, /README\.md#not-listed$/);
  });

  it("the reason phrase names the failure, and a third party's is the registered one", async () => {
    const own = await sendRaw(
      world.port,
      lines("GET / HTTP/1.1", "Host: other.egress.local", "Connection: close"),
    );
    assert.match(own.text, /^HTTP\/1\.1 403 Forbidden \(k8s-egress: not-listed\)\r\n/);
    const unreadable = await sendRaw(world.port, "GET\r\n\r\n");
    assert.match(unreadable.text, /^HTTP\/1\.1 400 Bad Request \(k8s-egress: malformed-request\)\r\n/);
    const theirs = await sendRaw(
      world.port,
      lines("GET / HTTP/1.1", "Host: api.example.com.egress.local", "Connection: close"),
    );
    assert.match(theirs.text, /^HTTP\/1\.1 403 Forbidden\r\n/);
  });

  it("what was asked for, without the query, and bounded", async () => {
    const { detail } = await problemOf("down.example.com.egress.local");
    assert.match(detail, / Asked for: GET down\.example\.com\.egress\.local\/v1\/a$/);
    const long = await problemOf("down.example.com.egress.local", `/${"x".repeat(5_000)}`);
    assert.ok(long.detail.length < 700, String(long.detail.length));
    assert.match(long.detail, /x\.\.\.$/);
  });

  for (const [host, says] of [
    [
      "other.example.net.egress.local",
      /^The entry would be \{ host: "other\.example\.net" \}\. Add the host to the `up/,
    ],
    ["OTHER.example.net.egress.local.:80", /^The entry would be \{ host: "other\.example\.net" \}\. /],
    ["other.example.net", /^The entry would be \{ host: "other\.example\.net" \}\. /],
    [
      "shop.orders.svc.cluster.local",
      /^"shop\.orders\.svc\.cluster\.local" is not below the domain: clients name .* http:\/\/<host>\.egress\.local\. /,
    ],
    ["egress.local", /^"egress\.local" is not below the domain/],
  ] as const) {
    it(`${host} is not listed, and how it would be`, async () => {
      const { code, detail } = await problemOf(host);
      assert.equal(code, "not-listed");
      assert.match(detail, says);
    });
  }

  it("a header field's bytes can't leave the JSON", async () => {
    const text = lines(
      'GET /"}x HTTP/1.1',
      'Host: a"\xe9\tb',
      `l5d-client-id: ${clientField("a/b")["l5d-client-id"]!}`,
    );
    const { text: answer } = await sendRaw(world.port, Buffer.from(text, "latin1"), 500);
    const problem = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n"))) as Problem;
    assert.equal(problem.code, "malformed-host");
    assert.ok(problem.detail.endsWith('Asked for: GET a"\\xe9\\x09b/"}x'), problem.detail);
  });
});
