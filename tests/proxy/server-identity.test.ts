import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { type TestContext, describe, it } from "node:test";
import type { PeerCertificate } from "node:tls";
import { checkServerIdentity } from "../../proxy-image/src/proxy/upstream/tls/server-identity";
import type { Identity } from "./support/certificates";
import { type Answer, ask } from "./support/client";
import { HOST, detailOf, failed, ok, oneRequest } from "./support/one-request";
import { type World, authority, startWorld, upstream } from "./support/world";

const COMMON_NAME = /common name is no longer enough/;
const LOOSE = /RFC 9525 §6\.3/;
const OTHER = /for other names/;

/** With this subjectAltName, as openssl's configuration has it. */
function withNames(subjectAltName: string | undefined, commonName = "test"): Identity {
  return authority.issue([], { commonName, extensions: { subjectAltName } });
}

describe("the names of a certificate", () => {
  for (const [names, host, refused] of [
    ["DNS:api.example.com", "api.example.com", undefined],
    ["DNS:API.Example.COM", "api.example.com", undefined],
    ["DNS:other.example.com,DNS:api.example.com", "api.example.com", undefined],
    ["DNS:*.example.com", "api.example.com", undefined],
    ["DNS:*.example.com", "xn--mnchen-3ya.example.com", undefined],
    ["DNS:*.example.com", "my_bucket.example.com", undefined],
    ["DNS:*.example.com", "_x.example.com", undefined],
    ["DNS:my_bucket.example.com", "my_bucket.example.com", undefined],
    [undefined, "api.example.com", COMMON_NAME],
    ["DER:30:00", "api.example.com", COMMON_NAME],
    ["IP:192.0.2.1", "api.example.com", LOOSE],
    ["DNS:a*.example.com", "api.example.com", LOOSE],
    ["DNS:*i.example.com", "api.example.com", LOOSE],
    ["DNS:a*i.example.com", "api.example.com", LOOSE],
    ["DNS:*.example.com", "v1.api.example.com", LOOSE],
    ["DNS:a*.example.com", "a_b.example.com", OTHER],
    ["DNS:*.example.com", "a_b.c.example.com", OTHER],
    ["DNS:*.example.com", "example.com", OTHER],
    ["DNS:api.*.com", "api.example.com", OTHER],
    ["DNS:*.*.com", "api.example.com", OTHER],
    ["DNS:**.example.com", "api.example.com", OTHER],
    ["DNS:*.com", "example.com", OTHER],
    ["DNS:*.com", "my_shop.com", OTHER],
    ["DNS:*", "api.example.com", OTHER],
    ["DNS:xn--*.example.com", "xn--mnchen-3ya.example.com", OTHER],
    ["DNS:.example.com", "api.example.com", OTHER],
    ["DNS:example.com", "api.example.com", OTHER],
    ["DNS:api.example.com.evil.test", "api.example.com", OTHER],
    ["URI:https://api.example.com/", "api.example.com", OTHER],
    ["email:x@api.example.com", "api.example.com", OTHER],
    // As text: "DNS:evil.test, DNS:api.example.com" (CVE-2021-44532)
    [
      "DER:30:20:82:1E:65:76:69:6C:2E:74:65:73:74:2C:20:44:4E:53:3A:61:70:69:2E:65:78:61:6D:70:6C:65:2E:63:6F:6D",
      "api.example.com",
      OTHER,
    ],
    // "api.example.com", NUL, ".evil.test"
    [
      "DER:30:1C:82:1A:61:70:69:2E:65:78:61:6D:70:6C:65:2E:63:6F:6D:00:2E:65:76:69:6C:2E:74:65:73:74",
      "api.example.com",
      OTHER,
    ],
  ] as const) {
    it(`${names?.slice(0, 40) ?? "none"} ${refused ? "are not" : "are"} ${host}`, () => {
      // The common name never decides.
      const { cert } = withNames(names, refused === OTHER ? "test" : host);
      const failure = checkServerIdentity(host, peer(new X509Certificate(cert).raw));
      if (!refused) assert.equal(failure, undefined);
      else assert.match(failure!.reason!, refused);
    });
  }

  it("of bytes that are no certificate are nobody's", () => {
    assert.equal(checkServerIdentity(HOST, peer(Buffer.from("x")))?.failure.name, "certificate-invalid");
    assert.equal(checkServerIdentity(HOST, peer(undefined))?.failure.name, "certificate-invalid");
  });

  for (const [what, identity, says] of [
    ["a common name only", () => withNames(undefined, HOST), COMMON_NAME],
    ["part of a wildcard", () => withNames("DNS:a*.example.com"), LOOSE],
    ["other names", () => withNames("DNS:secret.example.net"), OTHER],
  ] as const) {
    it(`are refused in a request: ${what}`, async () => {
      const { answer } = await oneRequest((internet) => internet.https([HOST], ok, identity()));
      failed(answer, 502, "tls_certificate_error");
      assert.match(detailOf(answer), says);
      assert.equal(answer.body.includes("secret"), false);
    });
  }
});

function peer(raw: Buffer | undefined): PeerCertificate {
  return { raw } as PeerCertificate;
}

describe("a TLS session", () => {
  /** A third party that closes each connection and notes whether it resumed a session. */
  async function stage(
    t: TestContext,
    identity: Identity,
    maxVersion: "TLSv1.2" | "TLSv1.3",
  ): Promise<{ world: World; reused: boolean[]; request: () => Promise<Answer> }> {
    const world = await startWorld({ [HOST]: upstream("api-example-com") });
    t.after(() => world.close());
    const reused: boolean[] = [];
    await world.internet.https([HOST], (_req, res) => void res.setHeader("connection", "close").end(), {
      ...identity,
      maxVersion,
    });
    world.internet.server(HOST).on("secureConnection", (socket: { isSessionReused(): boolean }) => {
      reused.push(socket.isSessionReused());
    });
    return { world, reused, request: () => ask({ port: world.port, host: `${HOST}.egress.local` }) };
  }

  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    it(`of a connection that was refused is never resumed (${version})`, async (t) => {
      const { reused, request } = await stage(t, authority.issue(["other.example.com"]), version);
      for (let i = 0; i < 3; i++) assert.equal((await request()).status, 502);
      assert.ok(!reused.includes(true), reused.join());
    });

    it(`is not resumed after its certificate has expired (${version})`, async (t) => {
      const { reused, request } = await stage(t, authority.issue([HOST], { days: 30 }), version);
      for (const days of [0, 29, 31]) {
        t.mock.timers.enable({ apis: ["Date"], now: Date.now() + days * 86_400_000 });
        assert.equal((await request()).status, 200);
        t.mock.timers.reset();
      }
      assert.deepEqual(reused, [false, true, false]);
    });
  }

  it("that is resumed leaves the metric of the certificate's expiry as it is", async (t) => {
    const { reused, request, world } = await stage(t, authority.issue([HOST]), "TLSv1.3");
    await request();
    await request();
    assert.deepEqual(reused, [false, true]);
    const metrics = await ask({ port: world.adminPort, host: "localhost", path: "/metrics" });
    assert.match(metrics.body.toString(), /certificate_expiry_timestamp_seconds\{.*\} 1\d{9}$/m);
  });
});
