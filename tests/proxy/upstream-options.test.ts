import assert from "node:assert/strict";
import type http from "node:http";
import { after, before, describe, it } from "node:test";
import { ask } from "./support/client";
import { type World, startWorld, upstream } from "./support/world";

describe("how requests look to a third party is its upstream's to say", () => {
  let world: World;
  let seen: http.IncomingMessage;
  /** Connections on which requests came, in their order. */
  let ports: (number | undefined)[] = [];
  const hosts = ["plain", "pass", "trace", "quiet", "host", "bodies", "slashes"].map(
    (name) => `${name}.example.com`,
  );
  before(async () => {
    world = await startWorld({
      "plain.example.com": upstream("plain-example-com"),
      "pass.example.com": upstream("pass-example-com", { passHeaders: ["x-forwarded-for", "x-real-ip"] }),
      "trace.example.com": upstream("trace-example-com", { propagateTrace: true }),
      "quiet.example.com": upstream("quiet-example-com", { via: false }),
      "host.example.com": upstream("host-example-com", { hostHeader: "tenant.example.org:8443" }),
      "bodies.example.com": upstream("bodies-example-com", { bodyMethods: ["GET", "QUERY"] }),
      "slashes.example.com": upstream("slashes-example-com", {
        encodedSlashes: true,
        allow: [{ paths: ["/projects/*/files", "/projects/a%2Fb/**"] }],
      }),
    });
    await world.internet.https(hosts, (req, res) => {
      seen = req;
      ports.push(req.socket.remotePort);
      req.resume().on("end", () => res.end("ok"));
    });
  });
  after(() => world.close());

  const send = async (name: string, headers: http.OutgoingHttpHeaders = {}, path = "/"): Promise<number> => {
    const { status } = await ask({
      port: world.port,
      host: `${name}.example.com.egress.local`,
      headers,
      path,
    });
    return status;
  };
  const ABOUT = {
    "X-Forwarded-For": "10.0.0.1",
    X_Forwarded_For: "10.0.0.2",
    "X-Real-IP": "10.0.0.3",
    Forwarded: "for=10.0.0.4",
    "L5d-Client-Id": "a.b.serviceaccount.identity.linkerd.cluster.local",
  };

  it("nothing about the client leaves the cluster", async () => {
    await send("plain", ABOUT);
    assert.ok(!seen.rawHeaders.join().includes("10.0.0."), seen.rawHeaders.join());
    assert.ok(!seen.rawHeaders.join().toLowerCase().includes("l5d-"));
  });

  it("nor the trace, unless propagateTrace is set: then without tracing as the client wrote it", async () => {
    const trace = {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: "vendor=1",
      baggage: "user=42",
    };
    await send("plain", trace);
    for (const name of Object.keys(trace)) assert.equal(seen.headers[name], undefined, name);
    await send("trace", trace);
    assert.equal(seen.headers.traceparent, trace.traceparent);
    assert.equal(seen.headers.tracestate, trace.tracestate);
    assert.equal(seen.headers.baggage, undefined);
  });

  it("but for fields that passHeaders names, as the client wrote them", async () => {
    await send("pass", ABOUT);
    const { headers } = seen;
    assert.equal(headers["x-forwarded-for"], "10.0.0.1");
    assert.equal(headers["x-real-ip"], "10.0.0.3");
    assert.equal(headers.forwarded, undefined);
    assert.equal(headers["l5d-client-id"], undefined);
  });

  it("a field that Connection lists stays inside all the same", async () => {
    await send("pass", { "X-Real-IP": "10.0.0.3", Connection: "X-Real-IP" });
    assert.equal(seen.headers["x-real-ip"], undefined);
  });

  it("a request has Via, and a client's own CDN-Loop", async () => {
    await send("plain", { "CDN-Loop": "cdn.example", Via: "1.1 own" });
    assert.match(String(seen.headers.via), /^1\.1 own, 1\.1 k8s-egress-[0-9a-f]{8}$/);
    assert.equal(seen.headers["cdn-loop"], "cdn.example");
  });

  it("without Via, CDN-Loop tells that it has been here", async () => {
    await send("quiet", { Via: "1.1 own", "CDN-Loop": "cdn.example" });
    assert.equal(seen.headers.via, undefined);
    assert.match(String(seen.headers["cdn-loop"]), /^cdn\.example, k8s-egress-[0-9a-f]{8}$/);
    const loop = await send("quiet", { "CDN-Loop": seen.headers["cdn-loop"] });
    assert.equal(loop, 502);
    assert.equal(await send("plain", { "CDN-Loop": seen.headers["cdn-loop"] }), 502);
  });

  it("hostHeader is the Host, and the connection and the certificate stay the host's", async () => {
    assert.equal(await send("host"), 200);
    assert.equal(seen.headers.host, "tenant.example.org:8443");
    assert.equal((seen.socket as { servername?: string }).servername, "host.example.com");
  });

  describe("a connection behind a body with a method that may have none", () => {
    const twice = async (name: string, method: string): Promise<boolean> => {
      ports = [];
      const host = `${name}.example.com.egress.local`;
      for (let i = 0; i < 2; i++)
        await ask({ port: world.port, host, method, body: "{}", headers: { "Content-Length": 2 } });
      return ports[0] === ports[1];
    };
    it("ends, because not every server reads it", async () =>
      assert.equal(await twice("plain", "GET"), false));
    it("is kept where bodyMethods says that the third party does", async () => {
      assert.equal(await twice("bodies", "GET"), true);
      assert.equal(await twice("bodies", "QUERY"), true);
      assert.equal(await twice("bodies", "DELETE"), false);
    });
    it("is kept behind a POST", async () => assert.equal(await twice("plain", "POST"), true));
  });

  describe("with encodedSlashes", () => {
    const cases: [path: string, status: number][] = [
      ["/projects/group%2Fproject/files", 200],
      ["/projects/group%2fproject/files", 200],
      ["/projects/a%2Fb/c/d", 200],
      ["/projects/a%2fb/c", 200],
      ["/projects/%2F%2Fa/files", 200],
      ["/projects/a/b/files", 403],
      ["/projects/a%2F..%2Fb/files", 403],
      ["/projects/..%2F..%2Fadmin/files", 403],
      ["/projects/a%2F.%2e/files", 403],
      ["/projects/a%2F..%20%2Fb/files", 403],
      ["/projects/a%252Fb/files", 403],
      ["/projects/a%5Cb/files", 403],
      ["/projects/a%2Fb/../c", 403],
    ];
    for (const [path, status] of cases)
      it(`${path}: ${status}`, async () => assert.equal(await send("slashes", {}, path), status));
    it("goes out as it is", async () => {
      await send("slashes", {}, "/projects/a%2fb/c");
      assert.equal(seen.url, "/projects/a%2fb/c");
    });
  });
});
