import assert from "node:assert/strict";
import dgram from "node:dgram";
import { once } from "node:events";
import { describe, it } from "node:test";
import { createDnsResolver } from "../../proxy-image/src/proxy/upstream/names/resolver";
import { type Lookup, cached } from "../../proxy-image/src/proxy/upstream/names/resolver-cache";

/** What a DNS server of the tests says: addresses, a response code, or nothing. */
type Records = { a?: string[]; aaaa?: string[]; ttl?: number } | number | "silent";

/** A DNS server on loopback that answers A and AAAA questions by name. */
async function dnsServer(
  names: Record<string, Records>,
): Promise<{ server: string; asked: string[]; close(): void }> {
  const socket = dgram.createSocket("udp4");
  const asked: string[] = [];
  socket.on("message", (query, { port, address }) => {
    const labels: string[] = [];
    let at = 12;
    while (query[at] !== 0) {
      labels.push(query.subarray(at + 1, at + 1 + query[at]!).toString());
      at += 1 + query[at]!;
    }
    const name = labels.join(".");
    const type = query.readUInt16BE(at + 1);
    asked.push(`${name} ${type === 1 ? "A" : "AAAA"}`);
    const records = names[name] ?? 3;
    if (records === "silent") return;
    const code = typeof records === "number" ? records : 0;
    const list = typeof records === "number" ? [] : ((type === 1 ? records.a : records.aaaa) ?? []);
    const ttl = typeof records === "number" ? 0 : (records.ttl ?? 60);
    const question = query.subarray(12, at + 5);
    const head = Buffer.alloc(12);
    head.writeUInt16BE(query.readUInt16BE(0), 0);
    head.writeUInt16BE(0x8180 | code, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(list.length, 6);
    const answers = list.map((text) => {
      const bytes =
        type === 1
          ? text.split(".").map(Number)
          : text.split(":").flatMap((group) => {
              const word = parseInt(group, 16);
              return [word >> 8, word & 255];
            });
      const record = Buffer.alloc(12 + bytes.length);
      record.writeUInt16BE(0xc00c, 0);
      record.writeUInt16BE(type, 2);
      record.writeUInt16BE(1, 4);
      record.writeUInt32BE(ttl, 6);
      record.writeUInt16BE(bytes.length, 10);
      record.set(bytes, 12);
      return record;
    });
    socket.send(Buffer.concat([head, question, ...answers]), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { server: `127.0.0.1:${socket.address().port}`, asked, close: () => socket.close() };
}

describe("DNS", () => {
  it("asks for both families of the very name, and nothing else", async (t) => {
    const dns = await dnsServer({
      "api.example.com": {
        a: ["93.184.216.1", "93.184.216.2"],
        aaaa: ["2606:2800:220:1:248:1893:25c8:1946"],
        ttl: 30,
      },
    });
    t.after(() => dns.close());
    const resolved = await createDnsResolver([dns.server])("api.example.com.");
    assert.deepEqual(resolved.addresses, [
      "93.184.216.1",
      "2606:2800:220:1:248:1893:25c8:1946",
      "93.184.216.2",
    ]);
    assert.equal(resolved.ttl, 30);
    assert.deepEqual(dns.asked.sort(), ["api.example.com A", "api.example.com AAAA"]);
  });

  it("one family is enough", async (t) => {
    const dns = await dnsServer({
      "v4.example.com": { a: ["93.184.216.1"] },
      "v6.example.com": { aaaa: ["2606:0:0:0:0:0:0:1"] },
    });
    t.after(() => dns.close());
    const resolve = createDnsResolver([dns.server]);
    assert.deepEqual((await resolve("v4.example.com.")).addresses, ["93.184.216.1"]);
    assert.deepEqual((await resolve("v6.example.com.")).addresses, ["2606::1"]);
  });

  it("no such name and no address are errors; so is a server that fails", async (t) => {
    const dns = await dnsServer({ "empty.example.com": {}, "broken.example.com": 2 });
    t.after(() => dns.close());
    const resolve = createDnsResolver([dns.server]);
    await assert.rejects(resolve("none.example.com."), /does not resolve.*no such name/);
    await assert.rejects(resolve("empty.example.com."), /does not resolve/);
    await assert.rejects(resolve("broken.example.com."), /does not resolve.*answered with an error/);
  });
});

describe("remembered addresses", () => {
  const observed = (): { results: Lookup[]; observe: (lookup: Lookup) => void } => {
    const results: Lookup[] = [];
    return { results, observe: (lookup) => results.push(lookup) };
  };

  it("one question for all who ask at the same time, and none while they are fresh", async () => {
    let asked = 0;
    const { results, observe } = observed();
    const resolve = cached(async () => {
      asked++;
      await new Promise((done) => setTimeout(done, 10));
      return { addresses: ["a"], ttl: 60 };
    }, observe);
    assert.deepEqual(await Promise.all([resolve("x"), resolve("x"), resolve("x")]), [["a"], ["a"], ["a"]]);
    assert.deepEqual(await resolve("x"), ["a"]);
    assert.equal(asked, 1);
    assert.deepEqual(results, ["miss", "hit"]);
  });

  it("are asked for again after their TTL; old ones are used while DNS fails", async () => {
    const answers: (string | Error)[] = ["a", "b", new Error("down"), new Error("down"), "c"];
    const { results, observe } = observed();
    const resolve = cached(() => {
      const answer = answers.shift()!;
      return answer instanceof Error
        ? Promise.reject(answer)
        : Promise.resolve({ addresses: [answer], ttl: 0 });
    }, observe);
    const expired = (milliseconds: number): Promise<void> =>
      new Promise((done) => setTimeout(done, milliseconds));
    assert.deepEqual(await resolve("x"), ["a"]);
    await expired(1_050);
    assert.deepEqual(await resolve("x"), ["b"]);
    await expired(1_050);
    assert.deepEqual(await resolve("x"), ["b"], "stale");
    assert.deepEqual(await resolve("x"), ["b"], "not asked again at once");
    await expired(550);
    assert.deepEqual(await resolve("x"), ["b"]);
    await expired(550);
    assert.deepEqual(await resolve("x"), ["c"]);
    assert.deepEqual(results, ["miss", "miss", "stale", "hit", "stale", "miss"]);
  });

  it("a failure is remembered for half a second", async () => {
    let asked = 0;
    const resolve = cached(
      () => {
        asked++;
        return Promise.reject(new Error("down"));
      },
      () => undefined,
    );
    for (let i = 0; i < 5; i++) await assert.rejects(resolve("x"), /down/);
    assert.equal(asked, 1);
    await new Promise((done) => setTimeout(done, 550));
    await assert.rejects(resolve("x"), /down/);
    assert.equal(asked, 2);
  });

  it("a name that is gone is gone when its TTL ends; one that fails keeps its old addresses", async (t) => {
    const names: Record<string, Records> = {};
    const dns = await dnsServer(names);
    t.after(() => dns.close());
    const resolve = cached(createDnsResolver([dns.server]), () => undefined);
    for (const [name, then, expected] of [
      ["nxdomain.example", 3, "gone"],
      ["nodata.example", { a: [], aaaa: [] }, "gone"],
      ["servfail.example", 2, "old"],
      ["refused.example", 5, "old"],
    ] as const) {
      names[name] = { a: ["192.0.2.1"], ttl: 1 };
      assert.deepEqual(await resolve(`${name}.`), ["192.0.2.1"]);
      names[name] = then as Records;
      assert.deepEqual(await resolve(`${name}.`), ["192.0.2.1"], "fresh");
      await new Promise((done) => setTimeout(done, 1_100));
      const found = await resolve(`${name}.`).then(
        (addresses) => (addresses[0] === "192.0.2.1" ? "old" : "other"),
        () => "gone",
      );
      assert.equal(found, expected, name);
    }
  });
});
