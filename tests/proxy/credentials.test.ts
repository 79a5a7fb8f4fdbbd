import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { TLSSocket } from "node:tls";
import { CredentialError } from "../../proxy-image/src/proxy/upstream/credentials";
import { ask } from "./support/client";
import { authority, clientField, startWorld, upstream } from "./support/world";

const HOST = "api.example.com";
const NAME = `${HOST}.egress.local`;
const SENTINEL = "sk_live_SENTINEL_9f2c";

describe("credentials", () => {
  let folder = "";
  before(() => (folder = mkdtempSync(join(tmpdir(), "egress-test-"))));
  after(() => rmSync(folder, { recursive: true }));

  const keyed = upstream("api-example-com", {
    setHeaders: {
      authorization: { credential: "key", prefix: "Bearer " },
      "x-api-key": { credential: "key", prefix: "" },
    },
    allow: [{ clients: [{ namespace: "shop" }], methods: ["GET"], paths: ["/**", "/"] }],
  });
  const put = (value: string): void => writeFileSync(join(folder, "key"), value);

  it("replace the client's own copies, are renewed without a restart, and are told nowhere", async () => {
    put(`${SENTINEL}\n`);
    const world = await startWorld({ [HOST]: keyed }, { credentials: folder });
    let seen: string[] = [];
    await world.internet.https([HOST], (req, res) => {
      seen = req.rawHeaders;
      res.writeHead(req.url === "/fail" ? 500 : 200).end();
    });
    const request = (path = "/", headers = {}): ReturnType<typeof ask> =>
      ask({ port: world.port, host: NAME, path, headers: { ...clientField("shop/web"), ...headers } });
    const values = (name: string): string[] =>
      seen.filter(
        (_, index) => index % 2 === 1 && seen[index - 1]!.toLowerCase().replaceAll("_", "-") === name,
      );

    await request("/", { Authorization: "own", X_API_KEY: "own", "x-Api_Key": "own" });
    assert.deepEqual(values("authorization"), [`Bearer ${SENTINEL}`]);
    assert.deepEqual(values("x-api-key"), [SENTINEL]);

    await request("/", { Connection: "authorization, close" });
    assert.deepEqual(values("authorization"), [`Bearer ${SENTINEL}`], "Connection can't take it away");

    put("rotated");
    world.proxy.refreshCredentials();
    await request();
    assert.deepEqual(values("authorization"), ["Bearer rotated"]);

    put("bad\r\nX-Evil: 1\n");
    world.proxy.refreshCredentials();
    await request();
    assert.deepEqual(
      values("authorization"),
      ["Bearer rotated"],
      "a wrong one does not replace the last good one",
    );

    put(SENTINEL);
    world.proxy.refreshCredentials();
    const told: string[] = [];
    for (const [path, headers] of [
      ["/fail", {}],
      ["/../x", {}],
      ["/", { "l5d-client-id": "nobody" }],
    ] as const) {
      const answer = await request(path, headers);
      told.push(answer.body.toString(), JSON.stringify(answer.headers));
    }
    world.internet.names.set(HOST, ["10.0.0.1"]);
    told.push((await request()).body.toString());
    told.push((await ask({ port: world.adminPort, host: "admin", path: "/metrics" })).body.toString());
    told.push(JSON.stringify(world.log));
    await world.close();
    for (const text of told) assert.equal(text.includes(SENTINEL), false, text);
  });

  for (const [name, value] of [
    ["an empty one", ""],
    ["a line feed only", "\n"],
    ["two lines", "a\nb"],
    ["two line feeds at the end", "a\n\n"],
    ["a carriage return", "a\rb"],
    ["a control character", "a\x01"],
    ["bytes beyond ASCII", "caf\u00e9"],
  ] as const) {
    it(`${name} is refused at start, without its value`, async () => {
      put(value === "" || value === "\n" ? value : value.replace("a", SENTINEL));
      await assert.rejects(startWorld({ [HOST]: keyed }, { credentials: folder }), (error: Error) => {
        assert.ok(error instanceof CredentialError);
        assert.match(error.message, /credential key/);
        assert.equal(error.message.includes(SENTINEL), false);
        return true;
      });
    });
  }

  it("one that is not there is refused at start, and so is no folder", async () => {
    rmSync(join(folder, "key"), { force: true });
    await assert.rejects(
      startWorld({ [HOST]: keyed }, { credentials: folder }),
      /can't read the credential key: ENOENT/,
    );
    await assert.rejects(startWorld({ [HOST]: keyed }), /--credentials is missing: the policy names key/);
  });

  it("a client certificate is shown to the third party", async () => {
    const client = authority.issue(["client.example.net"], { client: true });
    writeFileSync(join(folder, "tls-crt"), client.cert);
    writeFileSync(join(folder, "tls-key"), client.key);
    const tls = {
      minVersion: "TLSv1.2" as const,
      caCertificates: authority.ca,
      clientCertificate: { certificate: "tls-crt", key: "tls-key" },
    };
    const world = await startWorld({ [HOST]: upstream("api-example-com", { tls }) }, { credentials: folder });
    await world.internet.https(
      [HOST],
      ({ socket }, res) =>
        res.end(socket instanceof TLSSocket ? socket.getPeerCertificate().subjectaltname : ""),
      { requestCert: true, rejectUnauthorized: true, ca: authority.ca },
    );
    const answer = await ask({ port: world.port, host: NAME });
    await world.close();
    assert.equal(answer.body.toString(), "DNS:client.example.net");
  });

  for (const [what, cert, key] of [
    ["is no PEM", "x", "y"],
    ["has another key", authority.issue(["a"]).cert, authority.issue(["b"]).key],
  ] as const) {
    it(`a client certificate that ${what} is the operator's mistake, not ours`, async (t) => {
      writeFileSync(join(folder, "tls-crt"), cert);
      writeFileSync(join(folder, "tls-key"), key);
      const clientCertificate = { certificate: "tls-crt", key: "tls-key" };
      const tls = { minVersion: "TLSv1.2" as const, caCertificates: authority.ca, clientCertificate };
      const world = await startWorld(
        { [HOST]: upstream("api-example-com", { tls }) },
        { credentials: folder },
      );
      t.after(() => world.close());
      await world.internet.https([HOST], (_req, res) => res.end());
      const answer = await ask({ port: world.port, host: NAME });
      assert.equal(answer.status, 500);
      assert.match(
        String(answer.headers["proxy-status"]),
        /error=proxy_configuration_error; details="client-certificate-unusable"/,
      );
    });
  }
});
