import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { askSoa } from "../../proxy-image/src/stubdomain/dns/ask";
import { DnsMessageError, readSoaAnswer, soaQuery } from "../../proxy-image/src/stubdomain/dns/message";
import { primaryOf, prove } from "../../proxy-image/src/stubdomain/dns/proof";
import { readyServers, resolvConfServers } from "../../proxy-image/src/stubdomain/dns/servers";
import { dnsServer, soaAnswer, wireName } from "./dns-servers";

const MNAME = "egress-dns.egress.svc.cluster.local.";
const query = soaQuery(7, "egress.local");

describe("SOA messages", () => {
  it("asks for the SOA record, with recursion", () => {
    assert.equal(
      query.toString("hex"),
      "000701000001000000000000" + "06656772657373056c6f63616c00" + "00060001",
    );
    assert.deepEqual(soaQuery(7, "egress.local."), query);
  });

  it("refuses names that can't be asked for", () => {
    for (const name of ["", "a..b", `${"a".repeat(64)}.b`])
      assert.throws(() => soaQuery(1, name), DnsMessageError);
  });

  it("reads the primary name server, in lower case", () => {
    assert.deepEqual(
      readSoaAnswer(soaAnswer(query, "Egress-DNS.egress.svc.cluster.local"), 7, "egress.local"),
      {
        rcode: "NOERROR",
        mname: MNAME,
      },
    );
  });

  it("reads refusals", () => {
    assert.deepEqual(readSoaAnswer(soaAnswer(query, "", 3), 7, "egress.local"), { rcode: "NXDOMAIN" });
    assert.deepEqual(readSoaAnswer(soaAnswer(query, "", 2), 7, "egress.local"), { rcode: "SERVFAIL" });
    assert.deepEqual(readSoaAnswer(soaAnswer(query, "", 11), 7, "egress.local"), { rcode: "RCODE 11" });
  });

  it("passes over other records, and over another zone's SOA", () => {
    const cname = Buffer.concat([Buffer.from([0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 1, 0, 2, 0xc0, 12])]);
    const answer = soaAnswer(query, MNAME);
    answer.writeUInt16BE(2, 6);
    const question = query.length;
    const both = Buffer.concat([answer.subarray(0, question), cname, answer.subarray(question)]);
    assert.equal(readSoaAnswer(both, 7, "egress.local").mname, MNAME);

    const other = soaAnswer(query, MNAME);
    const foreign = Buffer.concat([
      other.subarray(0, question),
      wireName("local"),
      other.subarray(question + 2),
    ]);
    assert.deepEqual(readSoaAnswer(foreign, 7, "egress.local"), { rcode: "NOERROR" });
  });

  const hostile: [name: string, change: (answer: Buffer) => Buffer][] = [
    ["another number", (answer) => Buffer.concat([Buffer.from([0, 8]), answer.subarray(2)])],
    ["a question", () => query],
    ["truncated", (answer) => (answer.writeUInt16BE(0x8380, 2), answer)],
    [
      "about another name",
      (answer) => Buffer.from(answer.toString("latin1").replace("egress", "ingres"), "latin1"),
    ],
    ["cut short", (answer) => answer.subarray(0, answer.length - 60)],
    ["empty", () => Buffer.alloc(0)],
    [
      "more answers than there are",
      (answer) => (answer.writeUInt16BE(9, 6), answer.writeUInt16BE(5, query.length + 2), answer),
    ],
    [
      "a name that points to itself",
      (answer) => (answer.writeUInt16BE(0xc000 | query.length, query.length), answer),
    ],
    ["a name that points forwards", (answer) => (answer.writeUInt16BE(0xc0ff, query.length), answer)],
  ];
  for (const [name, change] of hostile) {
    it(`refuses: ${name}`, () => {
      const answer = change(soaAnswer(query, MNAME));
      assert.throws(() => readSoaAnswer(answer, 7, "egress.local"), DnsMessageError);
    });
  }

  it("refuses a name of endless labels", () => {
    const long = Buffer.concat([
      soaAnswer(query, "").subarray(0, query.length),
      ...Array.from({ length: 200 }, () => wireName("aaa").subarray(0, 4)),
    ]);
    long.writeUInt16BE(1, 6);
    assert.throws(() => readSoaAnswer(long, 7, "egress.local"), /too long/);
  });

  it("ends on every cut and every flipped byte, with an answer or a DnsMessageError", () => {
    const answer = soaAnswer(query, MNAME);
    for (let at = 0; at < answer.length; at++) {
      const flipped = Buffer.from(answer);
      flipped[at] = flipped[at]! ^ 0xc3;
      for (const message of [answer.subarray(0, at), flipped]) {
        try {
          assert.equal(typeof readSoaAnswer(message, 7, "egress.local").rcode, "string");
        } catch (error) {
          assert.ok(error instanceof DnsMessageError, String(error));
        }
      }
    }
  });
});

describe("asking", () => {
  for (const transport of ["udp", "tcp"] as const) {
    it(`works over ${transport}`, async () => {
      await using dns = await dnsServer((asked) => [soaAnswer(asked, MNAME)]);
      assert.equal((await askSoa(dns.server, transport, "egress.local")).mname, MNAME);
      assert.equal(dns.asked[transport], 1);
    });

    it(`says when nothing listens (${transport})`, async () => {
      await assert.rejects(
        askSoa({ address: "127.0.0.1", ports: { [transport]: 9 } }, transport, "egress.local"),
        /ECONNREFUSED/,
      );
    });

    it(`gives up in time (${transport})`, async () => {
      await using dns = await dnsServer(() => []);
      await assert.rejects(askSoa(dns.server, transport, "egress.local"), /no answer within 2 s/);
    });
  }

  it("waits for the right answer behind forged ones over UDP", async () => {
    await using dns = await dnsServer((asked) => {
      const forged = soaAnswer(asked, "evil.example");
      forged.writeUInt16BE(asked.readUInt16BE(0) ^ 1, 0);
      return [forged, Buffer.from("x"), soaAnswer(asked, MNAME)];
    });
    assert.equal((await askSoa(dns.server, "udp", "egress.local")).mname, MNAME);
  });

  it("refuses malformed answers over TCP at once", async () => {
    await using dns = await dnsServer(() => [Buffer.from("nonsense")]);
    await assert.rejects(askSoa(dns.server, "tcp", "egress.local"), DnsMessageError);
  });
});

describe("proof", () => {
  it("asks every server several times, over UDP and TCP", async () => {
    await using one = await dnsServer((asked) => [soaAnswer(asked, MNAME)]);
    await using two = await dnsServer((asked) => [soaAnswer(asked, MNAME)]);
    assert.deepEqual(await prove(askSoa, [one.server, two.server], "egress.local", MNAME), { serves: true });
    assert.deepEqual(
      [one.asked, two.asked],
      [
        { udp: 3, tcp: 1 },
        { udp: 3, tcp: 1 },
      ],
    );
  });

  const failing: [name: string, answers: (count: number, asked: Buffer) => Buffer, reason: RegExp][] = [
    [
      "one does not know the zone",
      (_, asked) => soaAnswer(asked, "", 3),
      /127\.0\.0\.1 port \d+\/udp answers NXDOMAIN/,
    ],
    [
      "one answers for another zone server",
      (_, asked) => soaAnswer(asked, "ns.evil.example"),
      /"ns\.evil\.example\." instead of egress-dns/,
    ],
    [
      "one falters the third time",
      (count, asked) => soaAnswer(asked, count === 3 ? "" : MNAME, count === 3 ? 2 : 0),
      /SERVFAIL/,
    ],
    [
      "one fails over TCP",
      (count, asked) => soaAnswer(asked, count === 4 ? "" : MNAME, count === 4 ? 5 : 0),
      /tcp answers REFUSED/,
    ],
  ];
  for (const [name, answers, reason] of failing) {
    it(`fails when ${name}`, async () => {
      await using good = await dnsServer((asked) => [soaAnswer(asked, MNAME)]);
      let count = 0;
      await using bad = await dnsServer((asked) => [answers(++count, asked)]);
      const proof = await prove(askSoa, [good.server, bad.server], "egress.local", MNAME);
      assert.match(proof.serves ? "serves" : proof.reason, reason);
    });
  }

  it("needs somebody to ask", async () => {
    assert.equal((await prove(askSoa, [], "egress.local", MNAME)).serves, false);
  });

  it("does not list all of many failures", async () => {
    const servers = Array.from({ length: 9 }, () => ({ address: "127.0.0.1", ports: { udp: 9 } }));
    const proof = await prove(askSoa, servers, "egress.local", MNAME);
    assert.match(proof.serves ? "" : proof.reason, /; and 6 more$/);
  });

  it("knows who answers before", async () => {
    await using taken = await dnsServer((asked) => [soaAnswer(asked, "ns.corp.example")]);
    await using free = await dnsServer((asked) => [soaAnswer(asked, "", 3)]);
    assert.equal(await primaryOf(askSoa, [free.server, taken.server], "egress.local"), "ns.corp.example.");
    assert.equal(await primaryOf(askSoa, [free.server], "egress.local"), undefined);
    await assert.rejects(
      primaryOf(askSoa, [{ address: "127.0.0.1", ports: { udp: 9 } }], "egress.local"),
      /does not answer/,
    );
  });
});

describe("servers", () => {
  const ports = [
    { name: "metrics", protocol: "TCP", port: 9153 },
    { name: "dns", protocol: "UDP", port: 1053 },
    { name: "dns-tcp", protocol: "TCP", port: 1053 },
  ];

  it("are the ready endpoints, with their own ports", () => {
    const slice = {
      endpoints: [
        { addresses: ["10.0.0.1"], conditions: { ready: true } },
        { addresses: ["10.0.0.2"], conditions: { ready: false } },
        { addresses: ["fd00::3"] },
        { addresses: ["dns.example"] },
        { addresses: [] },
      ],
      ports,
    };
    assert.deepEqual(readyServers([slice, { endpoints: null, ports: null }]), [
      { address: "10.0.0.1", ports: { udp: 1053, tcp: 1053 } },
      { address: "fd00::3", ports: { udp: 1053, tcp: 1053 } },
    ]);
  });

  it("are found by port 53 when the ports have other names", () => {
    const slice = {
      endpoints: [{ addresses: ["10.0.0.1"] }],
      ports: [{ name: "x", protocol: "UDP", port: 53 }, { port: 53 }, { port: 8080 }],
    };
    assert.deepEqual(readyServers([slice])[0]?.ports, { udp: 53, tcp: 53 });
  });

  it("of resolv.conf are its nameservers", () => {
    const text =
      "search a b\n# nameserver 1.1.1.1\nnameserver 10.96.0.10\n nameserver\tfd00::a \nnameserver x\noptions ndots:5\n";
    assert.deepEqual(
      resolvConfServers(text).map(({ address }) => address),
      ["10.96.0.10", "fd00::a"],
    );
  });
});
