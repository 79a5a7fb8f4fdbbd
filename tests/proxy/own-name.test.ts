import assert from "node:assert/strict";
import type http from "node:http";
import { after, before, describe, it } from "node:test";
import { type Answer, ask } from "./support/client";
import { lines, sendRaw } from "./support/raw-client";
import { type World, startWorld, upstream } from "./support/world";

const HOST = "api.example.com";
const NAME = `${HOST}.egress.local`;

/** What a client means that keeps `https://FOO` and sends it here: its signatures and cookies are for FOO. */
describe("a client that names a third party by its own name", () => {
  let world: World;
  let handle: http.RequestListener = () => undefined;
  before(async () => {
    world = await startWorld({
      [HOST]: upstream("api-example-com"),
      "*.example.org": upstream("wildcard---example-org"),
    });
    for (const host of [HOST, "a.b.example.org"])
      await world.internet.https([host], (req, res) => handle(req, res));
  });
  after(() => world.close());

  const respond = (headers: http.OutgoingHttpHeaders, host: string): Promise<Answer> => {
    handle = (req, res) => void res.writeHead(200, { "X-Host": req.headers.host, ...headers }).end();
    return ask({ port: world.port, host });
  };

  for (const host of [HOST, `${HOST}:80`, HOST.toUpperCase(), `${HOST}.`, "a.b.example.org"]) {
    it(`${host} is that third party`, async () => {
      const { status, headers } = await respond({}, host);
      assert.equal(status, 200);
      assert.equal(headers["x-host"], host.toLowerCase().replace(/(?::80|\.)$/, ""));
    });
  }

  it("gets references and cookies as they are: they are right for what it believes to speak to", async () => {
    const sent = {
      Location: `https://${HOST}/a`,
      Link: `<http://${HOST}/b>; rel=next`,
      "Set-Cookie": "a=b; Domain=example.com; Secure; SameSite=None",
    };
    const { headers } = await respond(sent, HOST);
    assert.equal(headers.location, sent.Location);
    assert.equal(headers.link, sent.Link);
    assert.deepEqual(headers["set-cookie"], [sent["Set-Cookie"]]);
  });

  it("is not led into the cluster", async () => {
    const { status, headers } = await respond({ Location: "http://kubernetes.default.svc/" }, HOST);
    assert.equal(status, 502);
    assert.match(String(headers["proxy-status"]), /details="redirect-denied"/);
  });

  it("gets neither HSTS nor Alt-Svc: its connection is plain, and the proxy's", async () => {
    const { headers } = await respond(
      { "Strict-Transport-Security": "max-age=1", "Alt-Svc": 'h3=":443"' },
      HOST,
    );
    assert.equal(headers["strict-transport-security"], undefined);
    assert.equal(headers["alt-svc"], undefined);
  });

  const failureOf = async (target: string, host: string): Promise<string | undefined> => {
    handle = (_req, res) => void res.end("reached");
    const reply = await sendRaw(
      world.port,
      lines(`GET ${target} HTTP/1.1`, `Host: ${host}`, "Connection: close"),
      500,
    );
    return /details="([^"]*)"/.exec(reply.text)?.[1] ?? /reached/.exec(reply.text)?.[0];
  };

  // RFC 9112 §3.2.2: the target's host counts.
  const pairs: [target: string, host: string, outcome: string][] = [
    [`http://${HOST}/`, HOST, "reached"],
    [`http://${HOST}/`, NAME, "reached"],
    [`http://${NAME}/`, HOST, "reached"],
    [`http://${NAME}/`, "api-example-com.egress.svc", "reached"],
    [`http://a.b.example.org/`, "a.b.example.org.egress.local", "reached"],
    [`http://${HOST}/`, "a.b.example.org", "conflicting-host"],
    ["http://c.example.org/", "a.b.example.org", "conflicting-host"],
    [`http://${HOST}/`, "elsewhere.example.net", "conflicting-host"],
    ["http://elsewhere.example.net/", HOST, "conflicting-host"],
    [`http://${HOST}:81/`, NAME, "conflicting-host"],
  ];
  for (const [target, host, outcome] of pairs) {
    it(`${target} with Host: ${host}: ${outcome}`, async () =>
      assert.equal(await failureOf(target, host), outcome));
  }
});
