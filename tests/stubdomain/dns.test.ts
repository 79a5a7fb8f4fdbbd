import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ask } from "../../proxy-image/src/stubdomain/dns/ask";
import { DnsMessageError } from "../../proxy-image/src/stubdomain/dns/error";
import { dnsQuery, readDnsAnswer, type Question } from "../../proxy-image/src/stubdomain/dns/message";
import { TARGET_OBJECTS, type TargetKind } from "../../proxy-image/src/contract/stub-domain/target-ref";
import {
  clusterDnsLabel,
  readyServers,
  resolvConfServers,
  searchDomains,
  servingProgram,
} from "../../proxy-image/src/stubdomain/dns/servers";
import { answerWith, dnsServer, soaAnswer, wireName } from "./dns-servers";

const MNAME = "egress-dns.egress.svc.cluster.local.";
const ZONE: Question = { name: "egress.local", type: "SOA" };
const query = dnsQuery(7, ZONE);

describe("messages", () => {
  it("ask for one record, with recursion", () => {
    assert.equal(
      query.toString("hex"),
      "000701000001000000000000" + "06656772657373056c6f63616c00" + "00060001",
    );
    assert.deepEqual(dnsQuery(7, { ...ZONE, name: "egress.local." }), query);
  });

  it("refuses names that can't be asked for", () => {
    for (const name of ["", "a..b", `${"a".repeat(64)}.b`])
      assert.throws(() => dnsQuery(1, { name, type: "A" }), DnsMessageError);
  });

  it("reads the primary name server, in lower case", () => {
    assert.deepEqual(readDnsAnswer(soaAnswer(query, "Egress-DNS.egress.svc.cluster.local"), 7, ZONE), {
      rcode: "NOERROR",
      mname: MNAME,
      addresses: [],
    });
  });

  it("gives the addresses to which a name leads, through aliases in whatever order, and no others", () => {
    const question: Question = { name: "a.example", type: "A" };
    const asked = dnsQuery(7, question);
    const answer = answerWith(asked, [
      ["b.example", 1, Buffer.from([10, 0, 0, 1])],
      ["stranger.example", 1, Buffer.from([10, 6, 6, 6])],
      ["a.example", 5, wireName("B.example")],
      ["b.example", 28, Buffer.from("fd000000000000000000000000000004", "hex")],
      ["b.example", 1, Buffer.from([1, 2, 3])],
      ["b.example", 16, Buffer.from("\x03abc")],
    ]);
    assert.deepEqual(readDnsAnswer(answer, 7, question).addresses, [
      "10.0.0.1",
      "fd00:0000:0000:0000:0000:0000:0000:0004",
    ]);
  });

  it("ends at aliases in a circle", () => {
    const question: Question = { name: "a.example", type: "A" };
    const circle = answerWith(dnsQuery(7, question), [
      ["a.example", 5, wireName("b.example")],
      ["b.example", 5, wireName("a.example")],
    ]);
    assert.deepEqual(readDnsAnswer(circle, 7, question), { rcode: "NOERROR", addresses: [] });
  });

  it("says whose zone it is that has no such name", () => {
    const soa = Buffer.concat([wireName(MNAME), wireName("hostmaster.invalid"), Buffer.alloc(20)]);
    const answer = answerWith(query, [["egress.local", 6, soa]]);
    answer.writeUInt16BE(0x8183, 2);
    answer.writeUInt16BE(0, 6);
    answer.writeUInt16BE(1, 8);
    assert.deepEqual(readDnsAnswer(answer, 7, ZONE), { rcode: "NXDOMAIN", authority: MNAME, addresses: [] });
  });

  it("reads refusals", () => {
    assert.deepEqual(readDnsAnswer(soaAnswer(query, "", 3), 7, ZONE), { rcode: "NXDOMAIN", addresses: [] });
    assert.deepEqual(readDnsAnswer(soaAnswer(query, "", 2), 7, ZONE), { rcode: "SERVFAIL", addresses: [] });
    assert.deepEqual(readDnsAnswer(soaAnswer(query, "", 11), 7, ZONE), { rcode: "RCODE 11", addresses: [] });
  });

  it("passes over other records, and over another zone's SOA", () => {
    const cname = Buffer.concat([Buffer.from([0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 1, 0, 2, 0xc0, 12])]);
    const answer = soaAnswer(query, MNAME);
    answer.writeUInt16BE(2, 6);
    const question = query.length;
    const both = Buffer.concat([answer.subarray(0, question), cname, answer.subarray(question)]);
    assert.equal(readDnsAnswer(both, 7, ZONE).mname, MNAME);

    const other = soaAnswer(query, MNAME);
    const foreign = Buffer.concat([
      other.subarray(0, question),
      wireName("local"),
      other.subarray(question + 2),
    ]);
    assert.deepEqual(readDnsAnswer(foreign, 7, ZONE), { rcode: "NOERROR", addresses: [] });
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
      assert.throws(() => readDnsAnswer(answer, 7, ZONE), DnsMessageError);
    });
  }

  it("refuses a name of endless labels", () => {
    const long = Buffer.concat([
      soaAnswer(query, "").subarray(0, query.length),
      ...Array.from({ length: 200 }, () => wireName("aaa").subarray(0, 4)),
    ]);
    long.writeUInt16BE(1, 6);
    assert.throws(() => readDnsAnswer(long, 7, ZONE), /too long/);
  });

  it("ends on every cut and every flipped byte, with an answer or a DnsMessageError", () => {
    const answer = soaAnswer(query, MNAME);
    for (let at = 0; at < answer.length; at++) {
      const flipped = Buffer.from(answer);
      flipped[at] = flipped[at]! ^ 0xc3;
      for (const message of [answer.subarray(0, at), flipped]) {
        try {
          assert.equal(typeof readDnsAnswer(message, 7, ZONE).rcode, "string");
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
      assert.equal((await ask(dns.server, transport, ZONE)).mname, MNAME);
      assert.equal(dns.asked[transport], 1);
    });

    it(`says when nothing listens (${transport})`, async () => {
      await assert.rejects(
        ask({ address: "127.0.0.1", ports: { [transport]: 9 } }, transport, ZONE),
        /ECONNREFUSED/,
      );
    });

    it(`gives up in time (${transport})`, async () => {
      await using dns = await dnsServer(() => []);
      await assert.rejects(ask(dns.server, transport, ZONE), /no answer within 2 s/);
    });
  }

  it("waits for the right answer behind forged ones over UDP", async () => {
    await using dns = await dnsServer((asked) => {
      const forged = soaAnswer(asked, "evil.example");
      forged.writeUInt16BE(asked.readUInt16BE(0) ^ 1, 0);
      return [forged, Buffer.from("x"), soaAnswer(asked, MNAME)];
    });
    assert.equal((await ask(dns.server, "udp", ZONE)).mname, MNAME);
  });

  it("refuses malformed answers over TCP at once", async () => {
    await using dns = await dnsServer(() => [Buffer.from("nonsense")]);
    await assert.rejects(ask(dns.server, "tcp", ZONE), DnsMessageError);
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
      { address: "10.0.0.1", ports: { udp: 1053, tcp: 1053 }, metrics: 9153 },
      { address: "fd00::3", ports: { udp: 1053, tcp: 1053 }, metrics: 9153 },
    ]);
  });

  it("are found by port 53 when the ports have other names", () => {
    const slice = {
      endpoints: [{ addresses: ["10.0.0.1"] }],
      ports: [{ name: "x", protocol: "UDP", port: 53 }, { port: 53 }, { port: 8080 }],
    };
    assert.deepEqual(readyServers([slice])[0]?.ports, { udp: 53, tcp: 53 });
  });

  it("are kube-dns or CoreDNS by the names of their pods, if all of them are the same", () => {
    const slice = (...pods: string[]) => ({
      endpoints: pods.map((name) => ({ addresses: ["10.0.0.1"], targetRef: { name } })),
    });
    assert.equal(servingProgram([slice("kube-dns-7d9f-x"), slice("kube-dns-7d9f-y")]), "kubeDns");
    for (const name of ["coredns-5d78-x", "rke2-coredns-rke2-coredns-1", "workload-coredns-1"]) {
      assert.equal(servingProgram([slice(name)]), "coredns");
    }
    assert.equal(servingProgram([slice("kube-dns-7d9f-x", "coredns-5d78-x")]), undefined);
    assert.equal(servingProgram([slice("dns-1"), { endpoints: null }]), undefined);
    assert.equal(servingProgram([]), undefined);
  });

  it("are found by their Service's label, or by its name", () => {
    const label = (kind: TargetKind, service?: string) =>
      clusterDnsLabel({
        target: { kind, ...TARGET_OBJECTS[kind] },
        ...(service === undefined ? {} : { clusterDnsService: service }),
      });
    assert.equal(label("corednsCustom"), "k8s-app=kube-dns");
    assert.equal(label("openshift"), "kubernetes.io/service-name=dns-default");
    assert.equal(label("coredns", "coredns"), "kubernetes.io/service-name=coredns");
    assert.equal(label("nodeLocalDns"), undefined);
  });

  it("of resolv.conf are its nameservers", () => {
    const text =
      "search a b\n# nameserver 1.1.1.1\nnameserver 10.96.0.10\n nameserver\tfd00::a \nnameserver x\noptions ndots:5\n";
    assert.deepEqual(
      resolvConfServers(text).map(({ address }) => address),
      ["10.96.0.10", "fd00::a"],
    );
    assert.deepEqual(searchDomains(text), ["a", "b"]);
    assert.deepEqual(searchDomains("search x\n  search\ta.b.  c .\r\n"), ["a.b", "c"]);
    assert.deepEqual(searchDomains("nameserver 10.0.0.1\nsearch\n"), []);
  });
});
