import assert from "node:assert/strict";
import net, { type AddressInfo } from "node:net";
import { once } from "node:events";
import https from "node:https";
import { describe, it } from "node:test";
import { classify, classifyUpstream } from "../../proxy-image/src/proxy/errors/classify";
import { certificateReason } from "../../proxy-image/src/proxy/upstream/tls/certificate-reasons";
import { upstreamError } from "../../proxy-image/src/proxy/upstream/tls/upstream-error";
import { type Identity, createAuthority } from "./support/certificates";
import { ask } from "./support/client";
import { HOST, detailOf, failed, nameOf, ok, oneRequest } from "./support/one-request";
import { type Internet, authority, startWorld, upstream } from "./support/world";

/** Text that only the certificate has. */
const HOSTILE = "hostile-text";
/** The third party shows even what OpenSSL advises against. */
const LAX = { ciphers: "DEFAULT@SECLEVEL=0" };

const certificates: Record<string, { make: () => Identity; says: RegExp }> = {
  "a name that its authority may not issue for": {
    make: () =>
      authority
        .intermediate({ extensions: { nameConstraints: `critical,permitted;DNS:${HOSTILE}.test` } })
        .issue([HOST]),
    says: /may not issue for \(name constraints, permitted/,
  },
  "a name that its authority must not issue for": {
    make: () =>
      authority
        .intermediate({ extensions: { nameConstraints: "critical,excluded;DNS:example.com" } })
        .issue([HOST]),
    says: /must not issue for \(name constraints, excluded/,
  },
  "a SHA-1 signature": {
    make: () => authority.issue([HOST], { digest: "sha1" }),
    says: /SHA-1.*SHA-256/,
  },
  "an intermediate with a SHA-1 signature": {
    make: () => authority.intermediate({ digest: "sha1" }).issue([HOST]),
    says: /SHA-1.*SHA-256/,
  },
  "an RSA key of 1024 bits": {
    make: () => authority.issue([HOST], { keyType: "rsa:1024" }),
    says: /key of the third party's certificate is too weak/,
  },
  "an intermediate with an RSA key of 1024 bits": {
    make: () => authority.intermediate({ keyType: "rsa:1024" }).issue([HOST]),
    says: /key of an authority in the third party's chain is too weak/,
  },
  "an unknown critical extension": {
    make: () => authority.issue([HOST], { extensions: { "1.2.3.4": `critical,ASN1:UTF8String:${HOSTILE}` } }),
    says: /critical extension that is not known/,
  },
  "an intermediate without keyCertSign": {
    make: () => authority.intermediate({ extensions: { keyUsage: "critical,cRLSign" } }).issue([HOST]),
    says: /lacks keyCertSign/,
  },
  "an intermediate that is no authority": {
    make: () =>
      authority
        .intermediate({ extensions: { basicConstraints: "CA:FALSE", keyUsage: undefined } })
        .issue([HOST]),
    says: /not made for its purpose/,
  },
  "a chain that is longer than its authority allows": {
    make: () =>
      authority
        .intermediate({ extensions: { basicConstraints: "critical,CA:TRUE,pathlen:0" } })
        .intermediate({ commonName: "second" })
        .issue([HOST]),
    says: /pathlen/,
  },
  "the extended key usage of clients": {
    make: () => authority.issue([HOST], { client: true }),
    says: /serverAuth/,
  },
  "a subjectAltName that can't be read": {
    make: () => authority.issue([HOST], { extensions: { subjectAltName: "DER:30:05:82:ff:01" } }),
    says: /chain/,
  },
};

/** A third party with this certificate. */
function showing(internet: Internet, certificate: Identity): Promise<string> {
  return internet.https([HOST], ok, { ...certificate, ...LAX });
}

describe("a third party's certificate with", () => {
  for (const [name, { make, says }] of Object.entries(certificates)) {
    it(`${name}: 502, with a sentence of its own`, async () => {
      const { answer, world } = await oneRequest((internet) => showing(internet, make()));
      failed(answer, 502, "tls_certificate_error");
      assert.equal(nameOf(answer), "certificate-invalid");
      assert.match(detailOf(answer), says);
      assert.equal(answer.body.includes(HOSTILE), false);
      assert.equal(JSON.stringify(world.log).includes("internal-error"), false);
    });
  }

  it("whatever bytes: never a mistake of ours", async (t) => {
    const server = https.createServer({ ...authority.issue([HOST]), maxVersion: "TLSv1.2" }, ok);
    server.on("tlsClientError", () => undefined).listen(0, "127.0.0.1");
    t.after(() => server.close());
    await once(server, "listening");
    let position = 0;
    const { port } = server.address() as AddressInfo;
    const between = net.createServer((near) => {
      const far = net.connect(port, "127.0.0.1");
      far.on("error", () => near.destroy());
      near.on("error", () => far.destroy()).pipe(far);
      // The server's first flight has the certificate, in TLS 1.2 in the clear. One byte of it is another.
      far.once("data", (bytes: Buffer) => {
        bytes[position % bytes.length]! ^= 0x15;
        near.end(bytes);
      });
    });
    const world = await startWorld({ [HOST]: upstream("api-example-com") });
    t.after(() => world.close());
    await world.internet.add([HOST], between);
    const seen = new Set<string>();
    for (; position < 900; position += 7) {
      const answer = await ask({ port: world.port, host: `${HOST}.egress.local` });
      assert.equal(answer.status, 502, `byte ${position}: ${answer.body.toString()}`);
      seen.add(nameOf(answer));
    }
    assert.ok(seen.has("tls-failed"), [...seen].join());
  });

  it("a fault counts for the circuit breaker", async (t) => {
    const world = await startWorld({
      [HOST]: upstream("api-example-com", { circuitBreaker: { failures: 1, reset: 60_000 } }),
    });
    t.after(() => world.close());
    await showing(world.internet, authority.issue([HOST], { keyType: "rsa:1024" }));
    const names: string[] = [];
    for (let i = 0; i < 2; i++) {
      names.push(nameOf(await ask({ port: world.port, host: `${HOST}.egress.local` })));
    }
    assert.deepEqual(names, ["certificate-invalid", "circuit-open"]);
  });
});

describe("a third party's chain", () => {
  it("without its intermediate: 502, which names the way out", async () => {
    const intermediate = authority.intermediate();
    const { key, cert } = intermediate.issue([HOST]);
    const leaf = cert.slice(0, cert.indexOf("-----BEGIN", 10));
    const { answer } = await oneRequest((internet) => showing(internet, { key, cert: leaf }));
    failed(answer, 502, "tls_certificate_error");
    assert.match(
      detailOf(answer),
      /without the intermediate certificate.*`tls\.caCertificates`.*intermediates/,
    );
    for (const caCertificates of [authority.ca + intermediate.ca, intermediate.ca]) {
      const { answer: second } = await oneRequest((internet) => showing(internet, { key, cert: leaf }), {
        tls: { minVersion: "TLSv1.2", caCertificates },
      });
      assert.equal(second.status, 200, second.body.toString());
    }
  });

  it("may end at an expired cross-signed root, where the root itself is trusted", async () => {
    const old = createAuthority("old authority");
    const crossSigned = old.cross(authority, { days: -1 });
    const intermediate = authority.intermediate();
    const { key, cert } = intermediate.issue([HOST]);
    const { answer } = await oneRequest((internet) => showing(internet, { key, cert: cert + crossSigned }));
    assert.equal(answer.status, 200, answer.body.toString());
    const { answer: expired } = await oneRequest(
      (internet) => showing(internet, { key, cert: cert + crossSigned }),
      { tls: { minVersion: "TLSv1.2", caCertificates: old.ca } },
    );
    assert.match(detailOf(expired), /has expired/);
  });
});

describe("an error", () => {
  const withCode = (code: string | undefined, message = ""): NodeJS.ErrnoException =>
    Object.assign(new Error(message), code === undefined ? {} : { code });

  it("that nobody knows is ours where we threw it, and the third party's where its socket reported it", () => {
    for (const code of ["ESOMETHING", "ERR_OSSL_SOMETHING", undefined, "toString"]) {
      assert.equal(classify(withCode(code)).name, "internal-error", code);
      const { status, name } = classifyUpstream(withCode(code));
      assert.equal(status, 502, code);
      assert.equal(name, code?.startsWith("ERR_OSSL_") ? "tls-failed" : "upstream-failed");
    }
    assert.equal(upstreamError(withCode("ESOMETHING")).reason, "The error is ESOMETHING.");
    assert.equal(upstreamError(withCode("a b")).reason, undefined);
  });

  it("of this pod is not the third party's", () => {
    for (const code of ["EMFILE", "ENFILE", "ENOMEM", "ENOBUFS"]) {
      assert.equal(classifyUpstream(withCode(code)).name, "overloaded");
    }
  });

  it("of OpenSSL without a sentence is named in OpenSSL's words, and in nobody else's", () => {
    assert.match(certificateReason(withCode("UNSPECIFIED", "Path Loop")), /the reason "Path Loop"/);
    assert.match(certificateReason(withCode("CRL_HAS_EXPIRED", HOSTILE)), /"CRL_HAS_EXPIRED"/);
    for (const [code, message] of [
      ["UNSPECIFIED", `<${HOSTILE}>`],
      ["ERR_TLS_CERT_ALTNAME_INVALID", HOSTILE],
      ["CERT_HAS_EXPIRED", HOSTILE],
    ] as const) {
      assert.equal(certificateReason(withCode(code, message)).includes(HOSTILE), false, code);
    }
  });

  it("of OpenSSL keeps its sentence behind Node's hint", () => {
    const hint = "; if the root CA is installed locally, try running Node.js with --use-system-ca";
    assert.match(
      certificateReason(withCode("UNSPECIFIED", `unhandled critical extension${hint}`)),
      /critical extension/,
    );
  });
});
