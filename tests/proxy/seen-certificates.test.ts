import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import type { CertificateChain } from "../../proxy-image/src/contract/certificates/chain";
import { ask } from "./support/client";
import { HOST, ok } from "./support/one-request";
import { type World, authority, startWorld, upstream } from "./support/world";

const LONG = "another.example.com";
const UNUSED = "unused.example.com";

describe("the certificates of third parties, at the debug port", () => {
  let world: World;
  before(async () => {
    world = await startWorld(
      Object.fromEntries([HOST, LONG, UNUSED].map((host) => [host, upstream(host.replaceAll(".", "-"))])),
    );
    const chain = authority.intermediate({ commonName: "test intermediate" });
    await world.internet.https([HOST], ok, chain.issue([HOST], { commonName: "<img src=x>" }));
    let deep = authority;
    for (let i = 0; i < 12; i++) deep = deep.intermediate({ commonName: `level ${i} ${"x".repeat(50)}` });
    await world.internet.https([LONG], ok, deep.issue([LONG]));
    for (const host of [HOST, LONG])
      assert.equal((await ask({ port: world.port, host: `${host}.egress.local` })).status, 200);
    world.proxy.debug.listen(0, "127.0.0.1");
    await once(world.proxy.debug, "listening");
  });
  after(async () => {
    world.proxy.debug.close();
    await world.close();
  });

  const asked = async (path: string) => {
    const { port } = world.proxy.debug.address() as AddressInfo;
    const { status, body } = await ask({ port, host: "localhost", path });
    return { status, body: body.toString() };
  };
  const chainOf = async (entry: string) =>
    JSON.parse((await asked(`/certificates/${encodeURIComponent(entry)}`)).body) as CertificateChain;

  it("are the chain of the last connection, the third party's own first", async () => {
    const { host, seen, certificates } = await chainOf(HOST);
    assert.equal(host, HOST);
    assert.ok(Math.abs(Date.parse(seen) - Date.now()) < 60_000, seen);
    assert.deepEqual(
      certificates.map(({ subject, issuer }) => [subject, issuer]),
      [
        ["CN=\\<img src=x\\>", "CN=test intermediate"],
        ["CN=test intermediate", "CN=test authority"],
        ["CN=test authority", "CN=test authority"],
      ].slice(0, certificates.length),
    );
    assert.ok(certificates.length >= 2);
    for (const { from, until } of certificates) {
      const days = (Date.parse(until!) - Date.parse(from!)) / 86_400_000;
      assert.ok(days > 29 && days < 31, `${from} ${until}`);
    }
  });

  it("are at most eight", async () => assert.equal((await chainOf(LONG)).certificates.length, 8));

  it("are null for a third party that was not called", async () => assert.equal(await chainOf(UNUSED), null));

  for (const path of [
    "/certificates/other.example.com",
    "/certificates/",
    "/certificates/%",
    "/certificates/toString",
  ])
    it(`are not at ${path}`, async () => assert.equal((await asked(path)).status, 404));
});
