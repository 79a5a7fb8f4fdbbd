import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { fieldName } from "../../proxy-image/src/proxy/message/fields/header-filter";
import { lines, sendRaw } from "./support/raw-client";
import { type World, startWorld, upstream } from "./support/world";

const HOST = "api.example.com";

/** Field lines of a message as [name in lower case, value]. */
function fields(message: string): [string, string][] {
  return message
    .split("\r\n\r\n")[0]!
    .split("\r\n")
    .slice(1)
    .map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    });
}

describe("header fields at the border", () => {
  let world: World;
  let request = "";
  let response: string[] = [];

  before(async () => {
    world = await startWorld({ [HOST]: upstream("api-example-com") });
    await world.internet.tls([HOST], (socket) => {
      socket.once("data", (data: Buffer) => {
        request = data.toString("latin1");
        socket.end(`${lines("HTTP/1.1 200 OK", "Content-Length: 2", ...response)}ok`, "latin1");
      });
    });
  });
  after(() => world.close());

  const outgoing = async (...headers: string[]): Promise<[string, string][]> => {
    await sendRaw(
      world.port,
      lines("GET / HTTP/1.1", `Host: ${HOST}.egress.local`, "Connection: close", ...headers),
    );
    return fields(request);
  };
  const incoming = async (...headers: string[]): Promise<[string, string][]> => {
    response = headers;
    const reply = await sendRaw(
      world.port,
      lines("GET / HTTP/1.1", `Host: ${HOST}.egress.local`, "Connection: close"),
    );
    response = [];
    return fields(reply.text);
  };

  it("end-to-end fields pass with case, order and repetition", async () => {
    await outgoing("X-One: 1", "x-Two: a", "x-Two: b", "Authorization: Bearer x", "Cookie: a=b");
    assert.match(request, /X-One: 1\r\nx-Two: a\r\nx-Two: b\r\nAuthorization: Bearer x\r\nCookie: a=b\r\n/);
  });

  const inside = [
    "Keep-Alive: timeout=5",
    "Proxy-Connection: keep-alive",
    "Proxy-Authorization: Basic x",
    "TE: trailers",
    "Upgrade: h2c",
    "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
    "Forwarded: for=10.0.0.1",
    "X-Forwarded-For: 10.0.0.1",
    "X-Forwarded-Host: internal",
    "X_Forwarded_For: 10.0.0.1",
    "X-Real-IP: 10.0.0.1",
    "l5d-client-id: web.shop.serviceaccount.identity.linkerd.cluster.local",
    "l5d_client_id: forged",
    "L5D-Dst-Override: other",
  ];
  for (const header of inside) {
    it(`request: ${header.split(":")[0]!} stays inside`, async () => {
      const name = header.split(":")[0]!.toLowerCase();
      assert.equal(
        (await outgoing(header, "X-Last: 1")).find(([field]) => field === name),
        undefined,
      );
      assert.ok((await outgoing(header, "X-Last: 1")).some(([field]) => field === "x-last"));
    });
  }

  it("request: fields that Connection lists stay inside, in any case", async () => {
    const names = (await outgoing("Connection: x-a, X-B ,close", "X-A: 1", "x-b: 2", "X-C: 3")).map(
      ([name]) => name,
    );
    assert.equal(names.includes("x-a") || names.includes("x-b"), false);
    assert.ok(names.includes("x-c"));
  });

  it("request: Connection can't take away the fields that the proxy answers for", async () => {
    const sent = await outgoing("Connection: host, via, content-length");
    assert.deepEqual(
      sent.find(([name]) => name === "host"),
      ["host", HOST],
    );
    assert.match(sent.find(([name]) => name === "via")?.[1] ?? "", /^1\.1 k8s-egress-[0-9a-f]{8}$/);
  });

  it("request: Via is added to", async () => {
    const via = (await outgoing("Via: 1.1 edge")).find(([name]) => name === "via")?.[1];
    assert.match(String(via), /^1\.1 edge, 1\.1 k8s-egress-[0-9a-f]{8}$/);
  });

  it("request: one that comes back is refused", async () => {
    const via = (await outgoing()).find(([name]) => name === "via")![1];
    const reply = await sendRaw(
      world.port,
      lines("GET / HTTP/1.1", `Host: ${HOST}.egress.local`, `Via: ${via}`),
      300,
    );
    assert.match(reply.text, /^HTTP\/1\.1 502 /);
    assert.match(reply.text, /proxy_loop_detected/);
  });

  const outside = [
    "Keep-Alive: timeout=5",
    "Proxy-Connection: close",
    "Proxy-Authenticate: Basic",
    "Trailer: x",
    "Upgrade: h2c",
    'Alt-Svc: h3=":443"',
    "Strict-Transport-Security: max-age=1",
    "Forwarded: for=1.2.3.4",
    "X-Forwarded-Proto: https",
    "l5d-proxy-connection: close",
    "l5d_proxy_error: x",
  ];
  for (const header of outside) {
    it(`response: ${header.split(":")[0]!} stays outside`, async () => {
      const name = header.split(":")[0]!.toLowerCase();
      const received = await incoming(header, "X-Last: 1");
      // Node's own Keep-Alive tells how long this side keeps the connection.
      assert.equal(
        received.find(([field, value]) => field === name && header.endsWith(value) && name !== "keep-alive"),
        undefined,
      );
      assert.ok(received.some(([field]) => field === "x-last"));
    });
  }

  it("response: fields that Connection lists stay outside, but not its length", async () => {
    const received = await incoming("Connection: x-a, content-length", "X-A: 1");
    assert.equal(
      received.some(([name]) => name === "x-a"),
      false,
    );
    assert.ok(received.some(([name, value]) => name === "content-length" && value === "2"));
  });

  it("response: cookies and other repeated fields stay apart", async () => {
    const received = await incoming("Set-Cookie: a=1", "Set-Cookie: b=2");
    assert.deepEqual(
      received.filter(([name]) => name === "set-cookie").map(([, value]) => value),
      ["a=1", "b=2"],
    );
  });

  it("response: bytes beyond ASCII pass unchanged", async () => {
    assert.ok((await incoming("X-Name: caf\xe9")).some(([, value]) => value === "caf\xe9"));
  });

  it("names are told apart however many there are, and whatever they are made of", () => {
    for (let i = 0; i < 10_000; i++) assert.equal(fieldName(`X_Name-${i}`).canonical, `x-name-${i}`);
    for (const name of ["Connection", "CONNECTION", "Keep_Alive", "x-forwarded-proto", "L5D_Client-Id"]) {
      assert.ok(fieldName(name).staysInside, name);
      assert.ok(fieldName(name).staysOutside, name);
    }
    // As latin1 these would be `te`, which is one of those that stay.
    assert.ok(!fieldName("\u0174\u0165").staysInside);
    assert.ok(fieldName("te").staysInside);
  });
});
