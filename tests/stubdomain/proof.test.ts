import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Ask, DnsServer, Transport } from "../../proxy-image/src/stubdomain/dns/ask";
import type { StubZone } from "../../proxy-image/src/stubdomain/dns/checks";
import type { DnsAnswer, Question } from "../../proxy-image/src/stubdomain/dns/message";
import { primaryOf, prove, stillServedBy, strangerIn } from "../../proxy-image/src/stubdomain/dns/proof";

const MNAME = "egress-dns.egress.svc.cluster.local.";
const ZONE: StubZone = {
  domain: "egress.local",
  mname: MNAME,
  address: "10.96.3.4",
  clusterDomain: "cluster.local",
};
const SEARCH = ["egress.svc.cluster.local", "svc.cluster.local", "cluster.local", "corp.example"];
const LISTED = "_k8s-egress.egress.local";
const NXDOMAIN: DnsAnswer = { rcode: "NXDOMAIN", addresses: [] };

const server = (address: string): DnsServer => ({ address, ports: { udp: 53, tcp: 53 } });
const [one, two, vip] = ["10.0.0.1", "10.0.0.2", "10.96.0.10"].map(server) as [
  DnsServer,
  DnsServer,
  DnsServer,
];

interface Asked extends Question {
  server: string;
  transport: Transport;
}

/** A cluster's DNS that serves the stub domain, but for what `wrong` says. */
function clusterDns(wrong: (asked: Asked) => DnsAnswer | Error | undefined = () => undefined) {
  const asked: Asked[] = [];
  const ask: Ask = ({ address }, transport, question) => {
    const one = { ...question, server: address, transport };
    asked.push(one);
    const answer = wrong(one) ?? right(question);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { ask, asked };
}

function right({ name, type }: Question): DnsAnswer {
  if (name === ZONE.domain && type === "SOA") return { rcode: "NOERROR", mname: MNAME, addresses: [] };
  if (name === LISTED) return { rcode: "NOERROR", addresses: type === "A" ? [ZONE.address] : [] };
  if (name === "kubernetes.default.svc.cluster.local") return { rcode: "NOERROR", addresses: ["10.96.0.1"] };
  if (name.endsWith(`.${ZONE.domain}`)) return { ...NXDOMAIN, authority: MNAME };
  return NXDOMAIN;
}

const proof = ({ ask }: { ask: Ask }, zone = ZONE, search = SEARCH) =>
  prove(ask, { endpoints: [one, two], resolvers: [vip], search }, zone);

describe("proof", () => {
  it("asks every server for the zone, a fresh name, a listed one and one of the cluster's", async () => {
    const dns = clusterDns();
    assert.deepEqual(await proof(dns), { serves: true });
    for (const { address } of [one, two, vip]) {
      const own = dns.asked.filter((asked) => asked.server === address);
      const zone = own.filter(({ type }) => type === "SOA").map(({ transport }) => transport);
      assert.deepEqual(zone, ["udp", "udp", "udp", "tcp"]);
      const names = own.filter(({ type }) => type !== "SOA").map(({ name }) => name);
      assert.ok(names.includes(LISTED) && names.includes("kubernetes.default.svc.cluster.local"));
      assert.equal(names.filter((name) => /^[0-9a-f]{16}\._k8s-egress\.egress\.local$/.test(name)).length, 1);
      const listed = own.filter(({ name }) => name === LISTED).map(({ type }) => type);
      assert.deepEqual(listed, ["A", "AAAA"], "both types, as musl and glibc do");
      // As pods do, through the resolver of pods only.
      const searched = names.filter((name) => name.startsWith(`${LISTED}.`));
      assert.deepEqual(
        searched,
        address === vip.address
          ? SEARCH.flatMap((domain) => [`${LISTED}.${domain}`, `${LISTED}.${domain}`])
          : [],
      );
    }
  });

  it("asks for another fresh name each time", async () => {
    const dns = clusterDns();
    await proof(dns);
    await proof(dns);
    const fresh = dns.asked.map(({ name }) => name).filter((name) => /^[0-9a-f]{16}\./.test(name));
    assert.equal(new Set(fresh).size, 2);
  });

  it("looks for IPv6 where the Service has such an address, in whatever spelling", async () => {
    const zone = { ...ZONE, address: "fd00::4" };
    const dns = clusterDns(({ name, type }) => {
      if (name !== LISTED) return undefined;
      return { rcode: "NOERROR", addresses: type === "AAAA" ? ["fd00:0:0:0:0:0:0:4"] : [] };
    });
    assert.deepEqual(await proof(dns, zone), { serves: true });
    assert.ok(dns.asked.some(({ name, type }) => name === LISTED && type === "AAAA"));
  });

  const on =
    (address: string, match: (asked: Asked) => boolean, answer: DnsAnswer | Error) => (asked: Asked) =>
      asked.server === address && match(asked) ? answer : undefined;
  const isZone = ({ type }: Asked) => type === "SOA";
  const isFresh = ({ name }: Asked) => /^[0-9a-f]{16}\._k8s-egress\.egress\.local$/.test(name);
  const isSearch = (domain: string) => (asked: Asked) => asked.name === `${LISTED}.${domain}`;
  const servfail: DnsAnswer = { rcode: "SERVFAIL", addresses: [] };

  const failing: [name: string, wrong: (asked: Asked) => DnsAnswer | Error | undefined, reason: RegExp][] = [
    [
      "one endpoint of several does not know the zone",
      on("10.0.0.2", isZone, NXDOMAIN),
      /^10\.0\.0\.2 port 53\/udp answers NXDOMAIN without/,
    ],
    [
      "one answers for another server's zone",
      on("10.0.0.1", isZone, { rcode: "NOERROR", mname: "ns.evil.example.", addresses: [] }),
      /"ns\.evil\.example\." instead of egress-dns/,
    ],
    [
      "one fails over TCP",
      on("10.0.0.1", ({ transport }) => transport === "tcp", new Error("refused")),
      /53\/tcp: refused/,
    ],
    [
      "one answers from its cache while our server is away",
      on("10.0.0.1", isFresh, servfail),
      /10\.0\.0\.1 .*answers SERVFAIL for [0-9a-f]{16}\._k8s-egress\.egress\.local, which egress-dns/,
    ],
    [
      "names that are not listed exist",
      on("10.0.0.1", isFresh, { rcode: "NOERROR", addresses: ["192.0.2.9"] }),
      /answers NOERROR for [0-9a-f]{16}/,
    ],
    [
      "somebody else says that a name does not exist",
      on("10.0.0.1", isFresh, { ...NXDOMAIN, authority: "a.root-servers.net." }),
      /answers NXDOMAIN for [0-9a-f]{16}/,
    ],
    [
      "a listed name leads elsewhere",
      on("10.0.0.2", ({ name }) => name === LISTED, { rcode: "NOERROR", addresses: ["192.0.2.9"] }),
      /answers 192\.0\.2\.9 for _k8s-egress\.egress\.local instead of the Service's 10\.96\.3\.4/,
    ],
    [
      "a listed name does not exist for those who ask for IPv6 too, as musl and glibc do",
      on("10.0.0.2", ({ name, type }) => name === LISTED && type === "AAAA", NXDOMAIN),
      /answers NXDOMAIN without an address for _k8s-egress\.egress\.local, type AAAA, instead of NOERROR/,
    ],
    [
      "an answer to AAAA has an address of IPv4",
      on("10.0.0.2", ({ name, type }) => name === LISTED && type === "AAAA", {
        rcode: "NOERROR",
        addresses: [ZONE.address],
      }),
      /answers 10\.96\.3\.4 for _k8s-egress\.egress\.local, type AAAA, instead of NOERROR/,
    ],
    [
      "the cluster's own names don't resolve",
      on("10.0.0.1", ({ name }) => name.startsWith("kubernetes."), servfail),
      /SERVFAIL without an address for kubernetes\.default\.svc\.cluster\.local/,
    ],
    [
      "a search domain of the cluster has a wildcard",
      on(vip.address, isSearch("svc.cluster.local"), { rcode: "NOERROR", addresses: ["10.1.1.1"] }),
      /10\.1\.1\.1 for .*: pods try the search domain "svc\.cluster\.local" before/,
    ],
    [
      "a search domain of the cluster has the name without an address, at which musl stops",
      on(vip.address, isSearch("cluster.local"), { rcode: "NOERROR", addresses: [] }),
      /"cluster\.local" before/,
    ],
    [
      "a search domain of the cluster does not answer",
      on(vip.address, isSearch("cluster.local"), new Error("no answer within 2 s")),
      /no answer within 2 s \(_k8s-egress\.egress\.local\.cluster\.local\)/,
    ],
    [
      "a search domain of somebody else would get the requests",
      on(vip.address, isSearch("corp.example"), { rcode: "NOERROR", addresses: ["192.0.2.1"] }),
      /"corp\.example" before/,
    ],
  ];
  for (const [name, wrong, reason] of failing) {
    it(`fails when ${name}`, async () => {
      const result = await proof(clusterDns(wrong));
      assert.match(result.serves ? "serves" : result.reason, reason);
    });
  }

  it("names the processes that answer, but have not loaded the stub domain", async () => {
    const unloaded = async (answer: DnsAnswer | Error) => {
      const result = await proof(clusterDns(on("10.0.0.2", isZone, answer)));
      return result.serves ? [] : result.unloaded;
    };
    assert.deepEqual(await unloaded(NXDOMAIN), ["10.0.0.2"]);
    // It has: what it forwards to fails.
    assert.deepEqual(await unloaded(servfail), []);
    assert.deepEqual(await unloaded(new Error("no answer within 2 s")), []);
  });

  it("finds an address of IPv6 in a search domain, where the Service has IPv4", async () => {
    const stranger = (asked: Asked): DnsAnswer | undefined =>
      isSearch("corp.example")(asked) && asked.type === "AAAA"
        ? { rcode: "NOERROR", addresses: ["2001:db8::1"] }
        : undefined;
    const result = await proof(clusterDns(stranger));
    assert.match(result.serves ? "serves" : result.reason, /2001:db8::1 for .*"corp\.example" before/);
  });

  const bearable: [name: string, answer: DnsAnswer | Error, domain: string][] = [
    ["another's search domain does not answer", new Error("no answer within 2 s"), "corp.example"],
    ["another's search domain fails", servfail, "corp.example"],
    [
      "autopath answers for the search path",
      { rcode: "NOERROR", addresses: [ZONE.address] },
      "svc.cluster.local",
    ],
  ];
  for (const [name, answer, domain] of bearable) {
    it(`does not mind when ${name}`, async () => {
      assert.deepEqual(await proof(clusterDns(on(vip.address, isSearch(domain), answer))), { serves: true });
    });
  }

  it("names a cache on the node, when all but it serve", async () => {
    const cache = server("169.254.25.10");
    const dns = clusterDns(({ server: address }) => (address === cache.address ? NXDOMAIN : undefined));
    const result = await prove(dns.ask, { endpoints: [one], resolvers: [cache], search: [] }, ZONE);
    assert.match(
      result.serves ? "" : result.reason,
      /169\.254\.25\.10 is a cache on this node.*dns\.nodeLocalDns/,
    );
    const all = clusterDns(() => NXDOMAIN);
    const none = await prove(all.ask, { endpoints: [one], resolvers: [cache], search: [] }, ZONE);
    assert.doesNotMatch(none.serves ? "" : none.reason, /is a cache/);
  });

  it("needs an endpoint to ask: the Service's answer is one process's", async () => {
    const { ask } = clusterDns();
    const result = await prove(ask, { endpoints: [], resolvers: [vip], search: [] }, ZONE);
    assert.match(result.serves ? "" : result.reason, /no ready endpoint/);
  });

  it("does not list all of many failures", async () => {
    const { ask } = clusterDns(() => new Error("refused"));
    const endpoints = Array.from({ length: 9 }, (_, at) => server(`10.0.0.${at}`));
    const result = await prove(ask, { endpoints, resolvers: [], search: [] }, ZONE);
    assert.match(result.serves ? "" : result.reason, /; and 6 more$/);
  });

  it("shows names from answers in one printable line", async () => {
    const mname = `\n\u001b[2J${"x".repeat(300)}.`;
    const result = await proof(
      clusterDns(on("10.0.0.1", isZone, { rcode: "NOERROR", mname, addresses: [] })),
    );
    assert.match(result.serves ? "" : result.reason, /^[ -~]{1,250}$/);
  });
});

describe("a stranger in a search domain, before anything is written", () => {
  const known = { resolvers: [vip], search: SEARCH };
  const wildcard = (domain: string, answer: DnsAnswer | Error) =>
    clusterDns(({ name }) => (name.endsWith(`.${domain}`) ? answer : NXDOMAIN)).ask;

  it("is an address for a name of the zone, of either type and in any of them", async () => {
    for (const [domain, address] of [
      ["corp.example", "203.0.113.7"],
      ["svc.cluster.local", "203.0.113.7"],
      ["corp.example", "2001:db8::1"],
    ] as const) {
      const ask = wildcard(domain, { rcode: "NOERROR", addresses: [address] });
      const first = (await strangerIn(ask, known, ZONE)) ?? "";
      assert.ok(first.includes(`answers ${address} for ${LISTED}.`), first);
      assert.ok(first.includes(`.${domain}: pods try the search domain "`), first);
    }
  });

  it("is none where nothing answers with an address", async () => {
    const empty: DnsAnswer = { rcode: "NOERROR", addresses: [] };
    for (const answer of [NXDOMAIN, empty, new Error("no answer within 2 s")]) {
      assert.equal(await strangerIn(wildcard("corp.example", answer), known, ZONE), undefined);
      assert.equal(await strangerIn(wildcard("cluster.local", answer), known, ZONE), undefined);
    }
    const own: DnsAnswer = { rcode: "NOERROR", addresses: [ZONE.address] };
    assert.equal(await strangerIn(wildcard("svc.cluster.local", own), known, ZONE), undefined);
  });
});

describe("who serves a zone", () => {
  it("is known before the installation", async () => {
    const taken = clusterDns(() => ({ rcode: "NOERROR", mname: "ns.corp.example.", addresses: [] }));
    assert.equal(await primaryOf(taken.ask, [one], "egress.local"), "ns.corp.example.");
    const free = clusterDns(() => NXDOMAIN);
    assert.equal(await primaryOf(free.ask, [one, two], "egress.local"), undefined);
    const silent = clusterDns(() => new Error("refused"));
    await assert.rejects(primaryOf(silent.ask, [one], "egress.local"), /does not answer/);
  });

  it("is known after the removal: one that still answers from our zone, however seldom", async () => {
    const all = [one, two, vip];
    assert.equal(await stillServedBy(clusterDns(() => NXDOMAIN).ask, all, ZONE), undefined);
    assert.equal(await stillServedBy(clusterDns(() => new Error("refused")).ask, all, ZONE), undefined);
    let count = 0;
    const seldom = clusterDns((asked) =>
      asked.server === "10.0.0.2" && ++count === 3 ? undefined : NXDOMAIN,
    );
    assert.equal(await stillServedBy(seldom.ask, all, ZONE), "10.0.0.2");
    const another = clusterDns(() => ({ rcode: "NOERROR", mname: "ns.corp.example.", addresses: [] }));
    assert.equal(await stillServedBy(another.ask, all, ZONE), undefined);
  });
});
