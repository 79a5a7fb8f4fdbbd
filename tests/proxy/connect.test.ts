import assert from "node:assert/strict";
import net from "node:net";
import { describe, it } from "node:test";
import { createAuthority } from "./support/certificates";
import { type Answer, ask } from "./support/client";
import { HOST, failed, ok, oneRequest } from "./support/one-request";
import { Internet, authority, startWorld, upstream } from "./support/world";

describe("connecting to a third party", () => {
  it("the name is sent as SNI", async () => {
    let sni: string | false | undefined;
    await oneRequest((internet) =>
      internet.https([HOST], (req, res) => {
        sni = (req.socket as unknown as { servername: string }).servername;
        res.end();
      }),
    );
    assert.equal(sni, HOST);
  });

  it("tls.serverName replaces it, in SNI and in what is verified", async () => {
    const tls = {
      minVersion: "TLSv1.2" as const,
      caCertificates: authority.ca,
      serverName: "front.example.net",
    };
    const { answer } = await oneRequest(
      async (internet) => {
        const address = await internet.https(["front.example.net"], ok);
        internet.names.set(HOST, [address]);
      },
      { tls },
    );
    assert.equal(answer.status, 200);
  });

  it("a certificate for another name: 502, with the reason and without the name", async () => {
    const { answer } = await oneRequest(async (internet) => {
      internet.names.set(HOST, [await internet.https(["secret-name.example.net"], ok)]);
    });
    failed(answer, 502, "tls_certificate_error");
    assert.match(answer.body.toString(), /for other names/);
    assert.equal(answer.body.includes("secret-name"), false);
  });

  it("a certificate of an unknown authority: 502", async () => {
    const { answer } = await oneRequest((internet) =>
      internet.https([HOST], ok, createAuthority().issue([HOST])),
    );
    failed(answer, 502, "tls_certificate_error");
  });

  it("an expired certificate: 502", async () => {
    const { answer } = await oneRequest((internet) =>
      internet.https([HOST], ok, authority.issue([HOST], { days: -1 })),
    );
    failed(answer, 502, "tls_certificate_error");
    assert.match(answer.body.toString(), /has expired/);
  });

  it("public authorities do not count where the upstream has its own, and the other way round", async () => {
    const { answer } = await oneRequest((internet) => internet.https([HOST], ok), {
      tls: { minVersion: "TLSv1.2" },
    });
    failed(answer, 502, "tls_certificate_error");
  });

  it("a TLS version below the minimum: 502, never a downgrade", async () => {
    const { answer } = await oneRequest((internet) => internet.https([HOST], ok, { maxVersion: "TLSv1.2" }), {
      tls: { minVersion: "TLSv1.3", caCertificates: authority.ca },
    });
    failed(answer, 502, "tls_protocol_error");
  });

  it("no TLS at all: 502", async () => {
    const { answer } = await oneRequest((internet) =>
      internet.add(
        [HOST],
        net.createServer((socket) => socket.on("error", () => undefined).end("HTTP/1.1 200 OK\r\n\r\n")),
      ),
    );
    failed(answer, 502, "tls_protocol_error");
  });

  it("nobody listens: 502", async () => {
    const { answer } = await oneRequest((internet) => {
      internet.names.set(HOST, ["93.184.216.250"]);
      return undefined;
    });
    failed(answer, 502, "connection_refused");
  });

  it("the name does not exist: 502", async () => {
    const { answer } = await oneRequest(() => undefined);
    failed(answer, 502, "dns_error");
  });

  it("a handshake that never ends: 504 after timeouts.connect", async () => {
    const began = performance.now();
    const { answer } = await oneRequest(
      (internet) =>
        internet.add(
          [HOST],
          net.createServer((socket) => socket.on("error", () => undefined)),
        ),
      { timeouts: { connect: 300, response: 5_000, idle: 5_000, stream: 3_600_000 } },
    );
    failed(answer, 504, "connection_timeout");
    assert.ok(performance.now() - began < 1_500);
  });

  it("a resolver that never answers: 504 after timeouts.connect", async () => {
    class Silent extends Internet {
      override resolve(): Promise<{ addresses: string[]; ttl: number }> {
        return new Promise(() => undefined);
      }
    }
    const world = await startWorld(
      {
        [HOST]: upstream("api-example-com", {
          timeouts: { connect: 200, response: 5_000, idle: 5_000, stream: 3_600_000 },
        }),
      },
      { internet: new Silent() },
    );
    const answer = await ask({ port: world.port, host: `${HOST}.egress.local` });
    await world.close();
    assert.equal(answer.status, 504);
  });

  it("a name in use under a wildcard keeps its connection while hundreds of others come and go", async () => {
    const world = await startWorld({ "*.example.org": upstream("wildcard---example-org") });
    await world.internet.https(["used.example.org"], ok);
    const request = (name: string): Promise<Answer> =>
      ask({ port: world.port, host: `${name}.example.org.egress.local` });
    for (let i = 0; i < 400; i++) {
      await request(`n${i}`);
      if (i % 50 === 0) assert.equal((await request("used")).status, 200);
    }
    await world.close();
    assert.equal(world.internet.connected.length, 1);
  });

  it("connections are kept, and sessions resumed", async () => {
    const world = await startWorld({ [HOST]: upstream("api-example-com") });
    await world.internet.https([HOST], (req, res) => {
      const socket = req.socket as unknown as { isSessionReused(): boolean };
      res.setHeader("reused", String(socket.isSessionReused()));
      if (req.url === "/close") res.setHeader("connection", "close");
      res.end();
    });
    const request = (path: string): Promise<Answer> =>
      ask({ port: world.port, host: `${HOST}.egress.local`, path });
    await request("/");
    await request("/close");
    assert.equal(world.internet.connected.length, 1);
    const resumed = await request("/");
    await world.close();
    assert.equal(world.internet.connected.length, 2);
    assert.equal(resumed.headers.reused, "true");
  });
});
