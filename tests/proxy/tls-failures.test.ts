import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import https from "node:https";
import net, { type AddressInfo, type Server } from "node:net";
import { type TestContext, describe, it } from "node:test";
import tls from "node:tls";
import type { PolicyUpstream } from "../../proxy-image/src/contract/policy/policy";
import { CERTIFICATE_REASONS } from "../../proxy-image/src/proxy/upstream/tls/certificate-reasons";
import { handshakeError } from "../../proxy-image/src/proxy/upstream/tls/handshake-error";
import { ALERT_REASONS, TLS_REASONS, tlsReason } from "../../proxy-image/src/proxy/upstream/tls/tls-reasons";
import { type Answer, type Ask, ask } from "./support/client";
import { HOST, detailOf, nameOf, ok, oneRequest } from "./support/one-request";
import { lines, sendRaw } from "./support/raw-client";
import { authority, startWorld, upstream } from "./support/world";

/** Answers the ClientHello with this, and leaves the rest to `then`. */
function replying(bytes: Buffer | string, then: (socket: net.Socket) => void): Server {
  return net.createServer((socket) => {
    socket
      .on("error", () => undefined)
      .once("data", () => {
        socket.write(bytes);
        then(socket);
      });
  });
}

const ends = (socket: net.Socket): void => void socket.end();
const waits = (): void => undefined;
const alert = (number: number): Buffer => Buffer.from([21, 3, 3, 0, 2, 2, number]);
/** A header of a handshake record, and less than it announces. */
const HALF = Buffer.from([22, 3, 3, 0, 100, 2]);
const refusing = (close: (socket: net.Socket) => void): Server =>
  net.createServer((socket) => close(socket.on("error", () => undefined)));

const requiring: https.ServerOptions = {
  ...authority.issue([HOST]),
  requestCert: true,
  rejectUnauthorized: true,
  ca: authority.ca,
};

const secure = (options: https.ServerOptions): Server =>
  https.createServer({ ...authority.issue([HOST]), ...options }, ok).on("tlsClientError", () => undefined);

describe("a third party that does not get as far as TLS", () => {
  for (const [what, server, name, says] of [
    ["speaks plain HTTP", () => replying("HTTP/1.1 400 Bad Request\r\n\r\n", ends), "tls-failed", /`port`/],
    ["speaks SSH", () => replying("SSH-2.0-OpenSSH_9.6\r\n", waits), "tls-failed", /`port`/],
    ["speaks HTTP/2 only", () => secure({ ALPNProtocols: ["h2"] }), "tls-failed", /HTTP\/2 only/],
    [
      "has TLS 1.1 only",
      () => secure({ minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }),
      "tls-failed",
      /`tls\.minVersion`/,
    ],
    [
      "wants a client certificate in TLS 1.2",
      () => secure({ ...requiring, maxVersion: "TLSv1.2" }),
      "tls-failed",
      /`tls\.clientCertificate`/,
    ],
    [
      "wants a client certificate in TLS 1.3",
      () => secure(requiring),
      "tls-failed",
      /certificate_required.*`tls\.clientCertificate`/,
    ],
    ["is silent", () => refusing(waits), "tls-timeout", /`port`/],
    ["falls silent in the handshake", () => replying(HALF, waits), "tls-timeout", /`port`/],
    ["closes before a byte", () => refusing(ends), "connection-closed-before-tls", /EgressNetwork/],
    [
      "resets before a byte",
      () => refusing((socket) => socket.resetAndDestroy()),
      "connection-closed-before-tls",
      /EgressNetwork/,
    ],
    ["closes in the handshake", () => replying(HALF, ends), "connection-closed-before-tls", /EgressNetwork/],
    [
      "resets in the handshake",
      () => replying(HALF, (socket) => socket.resetAndDestroy()),
      "connection-closed-before-tls",
      /EgressNetwork/,
    ],
    [
      "closes after the handshake",
      () => tls.createServer(authority.issue([HOST]), ends),
      "connection-terminated",
      /`tls\.clientCertificate`/,
    ],
  ] as const) {
    it(`because it ${what}: ${name}, and what to set`, async () => {
      const { answer } = await oneRequest((internet) => internet.add([HOST], server()), {
        timeouts: { connect: 400, response: 5_000, idle: 5_000, stream: 3_600_000 },
      });
      assert.equal(nameOf(answer), name, answer.body.toString());
      assert.match(detailOf(answer), says);
      assert.equal(answer.status, name === "tls-timeout" ? 504 : 502);
    });
  }

  it("because it sends an alert, whichever: 502, with what the alert means", async (t) => {
    let number = 0;
    const world = await startWorld({ [HOST]: upstream("api-example-com") });
    t.after(() => world.close());
    await world.internet.add(
      [HOST],
      net.createServer((socket) => {
        socket.on("error", () => undefined).once("data", () => socket.end(alert(number)));
      }),
    );
    for (; number < 256; number++) {
      const answer = await ask({ port: world.port, host: `${HOST}.egress.local` });
      assert.equal(answer.status, 502, String(number));
      const reason = ALERT_REASONS.get(number);
      if (reason !== undefined)
        assert.ok(detailOf(answer).startsWith(reason), `${number}: ${detailOf(answer)}`);
      else assert.match(nameOf(answer), /^(?:tls-failed|connection-closed-before-tls)$/);
    }
  });

  it("because of bytes behind its handshake that are no TLS record: 502, and the process goes on", async (t) => {
    const server = secure({});
    server.listen(0, "127.0.0.1");
    t.after(() => server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const between = net.createServer((near) => {
      const far = net.connect(port, "127.0.0.1");
      far.on("error", () => undefined);
      near.on("error", () => undefined).pipe(far);
      const junk = Buffer.concat([Buffer.from([23, 3, 3, 0, 20]), Buffer.alloc(20, 1)]);
      far.on("data", (bytes: Buffer) => near.write(Buffer.concat([bytes, junk])));
    });
    const { answer } = await oneRequest((internet) => internet.add([HOST], between));
    assert.equal(nameOf(answer), "tls-failed");
    assert.match(detailOf(answer), /damaged/);
  });
});

describe("a second try", () => {
  /** Connections that one request brings about. */
  async function connections(
    server: Server,
    request: Partial<Ask> = {},
  ): Promise<{ answer: Answer; count: number }> {
    let count = 0;
    server.on("connection", () => count++);
    const changes: Partial<PolicyUpstream> = { retries: { budgetPercent: 100 } };
    const { answer } = await oneRequest((internet) => internet.add([HOST], server), changes, request);
    return { answer, count };
  }

  it("follows a connection that is closed before TLS, as one that is refused", async () => {
    const { answer, count } = await connections(refusing(ends));
    assert.equal(nameOf(answer), "connection-closed-before-tls");
    assert.equal(count, 2);
    assert.equal((await connections(refusing(ends), { method: "POST", body: "x" })).count, 1);
  });

  for (const [what, request] of [
    ["a GET", {}],
    ["a small body", { method: "POST", body: "x" }],
    ["a large body", { method: "POST", body: "x".repeat(4_000_000) }],
  ] as const) {
    it(`does not follow a missing client certificate that TLS 1.3 tells behind the handshake: ${what}`, async () => {
      const { answer, count } = await connections(secure(requiring), request);
      // Where a large body is still written, the write may fail before the alert is read.
      assert.match(
        nameOf(answer),
        what === "a large body" ? /^(?:tls-failed|connection-terminated)$/ : /^tls-failed$/,
      );
      assert.match(detailOf(answer), /`tls\.clientCertificate`/);
      assert.equal(count, 1);
    });
  }
});

describe("an upgrade", () => {
  async function upgraded(t: TestContext, server: Server): Promise<string> {
    const world = await startWorld({
      [HOST]: upstream("api-example-com", { websockets: { maxAge: 60_000 } }),
    });
    t.after(() => world.close());
    await world.internet.add([HOST], server);
    const { text } = await sendRaw(
      world.port,
      lines(
        "GET / HTTP/1.1",
        `Host: ${HOST}.egress.local`,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ),
    );
    return text;
  }

  it("gets the same reasons, in the handshake", async (t) => {
    const text = await upgraded(t, replying("HTTP/1.1 400 Bad Request\r\n\r\n", ends));
    assert.match(text, /^HTTP\/1\.1 502 [\s\S]*details="tls-failed"[\s\S]*`port`/);
  });

  it("gets the same reasons, behind it", async (t) => {
    const text = await upgraded(t, secure(requiring));
    assert.match(text, /^HTTP\/1\.1 502 [\s\S]*details="tls-failed"[\s\S]*certificate_required/);
  });
});

describe("reasons", () => {
  const error = (code: string, message = ""): NodeJS.ErrnoException =>
    Object.assign(new Error(message), { code });

  it("of what nobody has a sentence for are general", () => {
    assert.match(tlsReason(error("ERR_SSL_NEVER_HEARD_OF")), /break the protocol/);
    assert.match(tlsReason(error("EPROTO", "x:SSL alert number 199\n")), /the alert 199/);
  });

  it("of a version of OpenSSL are those of the others", () => {
    for (const code of ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE"]) {
      assert.equal(tlsReason(error(code, "x:SSL alert number 40")), ALERT_REASONS.get(40));
    }
  });

  it("before TLS tell a close from what else goes wrong", () => {
    for (const code of ["ECONNRESET", "EPIPE", "ECONNABORTED"]) {
      assert.equal(handshakeError(error(code)).failure.name, "connection-closed-before-tls");
    }
    assert.equal(handshakeError(error("ECONNREFUSED")).failure.name, "connection-refused");
    assert.equal(handshakeError(error("EHOSTUNREACH")).failure.name, "destination-unroutable");
  });

  it("are explained", () => {
    const text = readFileSync("proxy-image/src/proxy/errors/README.md", "utf8");
    const rows = [
      ...CERTIFICATE_REASONS,
      ...TLS_REASONS,
      ...[...ALERT_REASONS].map(([number, reason]) => [`alert ${number}`, reason] as const),
    ];
    const missing = rows
      .map(([key, reason]) => `- \`${key}\`: ${reason}\n`)
      .filter((row) => !text.includes(row));
    assert.deepEqual(missing, []);
    assert.equal(text.match(/^- `/gm)?.length, rows.length, "it explains reasons that are gone");
  });
});
