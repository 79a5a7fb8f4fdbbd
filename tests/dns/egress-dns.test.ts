import type { EgressProxyArgs } from "../../component/args/egress-proxy";
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { serviceName } from "../../component/names";
import { type Settings, settingsOf } from "../../component/settings";
import { askOverTcp, DnsClient } from "./support/client";
import { BUILD_TIMEOUT, corednsProgram, withoutGo } from "./support/coredns";
import { type DnsWorld, SERVICE_IP, startDnsWorld } from "./support/egress-dns";
import { addressesOf, type Answer, type Query } from "./support/message";
import { resolveLikeMusl } from "./support/musl";

const LISTED = "api.stripe.com.egress.local";
const UNLISTED = "evil.test.egress.local";
const SOA = "egress-dns.egress.svc.cluster.local. hostmaster.egress.local. 1 3600 600 86400 5";

function settingsFor(hosts: string[], more: Partial<EgressProxyArgs> = {}): Settings {
  return settingsOf({ upstreams: hosts.map((host) => ({ host })), ...more });
}

const settings = settingsFor(["api.stripe.com", "*.ingest.sentry.io"]);

describe("egress-dns", { skip: withoutGo, timeout: BUILD_TIMEOUT }, () => {
  let program: string;
  before(
    async () => {
      program = await corednsProgram();
    },
    { timeout: BUILD_TIMEOUT },
  );

  describe("answers over UDP and TCP alike", () => {
    const expected: [what: string, query: Query, check: (answer: Answer) => void][] = [
      [
        "a listed name by its Service and that one's address",
        { name: LISTED },
        ({ rcode, answers, authoritative }) => {
          assert.equal(rcode, "NOERROR");
          assert.ok(authoritative);
          assert.deepEqual(answers, [
            { name: `${LISTED}.`, type: "CNAME", ttl: 5, data: "api-stripe-com.egress.svc.cluster.local." },
            { name: "api-stripe-com.egress.svc.cluster.local.", type: "A", ttl: 5, data: SERVICE_IP },
          ]);
        },
      ],
      [
        "AAAA of a listed name as there and without data",
        { name: LISTED, type: "AAAA" },
        ({ rcode, answers }) => {
          assert.equal(rcode, "NOERROR");
          assert.deepEqual(
            answers.map(({ type }) => type),
            ["CNAME"],
          );
        },
      ],
      [
        "a name in capitals",
        { name: LISTED.toUpperCase() },
        (answer) => assert.equal(addressesOf(answer).length, 1),
      ],
      [
        "a name far below a wildcard",
        { name: "_x.o1.ingest.sentry.io.egress.local" },
        (answer) =>
          assert.equal(answer.answers[0]!.data, "wildcard---ingest-sentry-io.egress.svc.cluster.local."),
      ],
      [
        "what is not listed by NXDOMAIN, to be forgotten within 5 s",
        { name: UNLISTED },
        ({ rcode, authorities, answers }) => {
          assert.equal(rcode, "NXDOMAIN");
          assert.deepEqual(answers, []);
          assert.deepEqual(authorities, [{ name: "egress.local.", type: "SOA", ttl: 5, data: SOA }]);
        },
      ],
      [
        "the zone's SOA",
        { name: "egress.local", type: "SOA" },
        ({ answers }) =>
          assert.deepEqual(answers, [{ name: "egress.local.", type: "SOA", ttl: 5, data: SOA }]),
      ],
    ];
    for (const [what, query, check] of expected) {
      it(what, async () => {
        await using world = await startDnsWorld(program, settings);
        await using dns = new DnsClient(world.ports.dns);
        check(await dns.ask(query));
        check(await askOverTcp(world.ports.dns, query));
      });
    }
  });

  describe("answers what the Services have, whatever the cluster's DNS makes of a family that they don't", () => {
    const ipv6 = "fd00:10:96::1:1";
    const meddling: [what: string, plugins: string[]][] = [
      ["nothing", []],
      ["NXDOMAIN to AAAA", ["template ANY AAAA {", "  rcode NXDOMAIN", "}"]],
      ["A records in answers to AAAA", ["rewrite stop type AAAA A"]],
      ["addresses of its own for AAAA", ["dns64 64:ff9b::/96"]],
    ];
    for (const [what, plugins] of meddling) {
      it(`with ${what}, where they have IPv4`, async () => {
        await using world = await startDnsWorld(program, settings, { plugins });
        for (const port of [world.ports.dns, world.clusterDns]) {
          await using dns = new DnsClient(port);
          const answer = await dns.ask({ name: LISTED, type: "AAAA" });
          assert.equal(answer.rcode, "NOERROR");
          assert.deepEqual(
            answer.answers.map(({ type }) => type),
            ["CNAME"],
          );
          assert.deepEqual(await resolveLikeMusl(dns, LISTED, { search: [], ndots: 1 }), [SERVICE_IP]);
        }
      });
    }

    const services = `*.egress.svc.cluster.local. AAAA ${ipv6}\n`;
    const answers = async (world: DnsWorld) => {
      await using dns = new DnsClient(world.clusterDns);
      const [a, aaaa] = await Promise.all(
        (["A", "AAAA"] as const).map((type) => dns.ask({ name: LISTED, type })),
      );
      return [a!, aaaa!].map((answer) => [answer.rcode, ...addressesOf(answer)]);
    };

    it("with NXDOMAIN to A, where they have IPv6", async () => {
      const plugins = ["template ANY A {", "  rcode NXDOMAIN", "}"];
      await using world = await startDnsWorld(program, settings, { services, plugins, families: ["IPv6"] });
      assert.deepEqual(await answers(world), [["NOERROR"], ["NOERROR", ipv6]]);
    });

    it("where they have both", async () => {
      const both = `${services}*.egress.svc.cluster.local. A ${SERVICE_IP}\n`;
      const families = ["IPv4", "IPv6"];
      await using world = await startDnsWorld(program, settings, { services: both, families });
      assert.deepEqual(await answers(world), [
        ["NOERROR", SERVICE_IP],
        ["NOERROR", ipv6],
      ]);
    });
  });

  describe("refuses", () => {
    const refused: [what: string, query: Query][] = [
      ["names of the internet", { name: "example.com" }],
      ["the root", { name: "", type: "NS" }],
      ["the domain's parent", { name: "local" }],
      ["reverse look-ups", { name: "1.0.96.10.in-addr.arpa" }],
      ["the cluster's other names", { name: "kubernetes.default.svc.cluster.local" }],
      ["Services of another namespace whose name ends alike", { name: "a.notegress.svc.cluster.local" }],
      ["its version", { name: "version.bind", type: "TXT", class: "CH" }],
    ];
    for (const [what, query] of refused) {
      it(what, async () => {
        await using world = await startDnsWorld(program, settings);
        await using dns = new DnsClient(world.ports.dns);
        for (const answer of [await dns.ask(query), await askOverTcp(world.ports.dns, query)]) {
          assert.equal(answer.rcode, "REFUSED");
          assert.deepEqual([...answer.answers, ...answer.authorities], []);
        }
      });
    }

    for (const type of ["AXFR", "IXFR"] as const) {
      it(`the whole zone by ${type}`, async () => {
        await using world = await startDnsWorld(program, settings);
        await using dns = new DnsClient(world.ports.dns);
        const query: Query = { name: "egress.local", type };
        for (const answer of [await dns.ask(query), await askOverTcp(world.ports.dns, query)]) {
          assert.equal(answer.rcode, "REFUSED");
          assert.deepEqual(answer.answers, []);
        }
      });
    }

    it("updates, and stays silent about notifications", async () => {
      await using world = await startDnsWorld(program, settings);
      await using dns = new DnsClient(world.ports.dns);
      const update = await dns.ask({ name: "egress.local", type: "SOA", opcode: "UPDATE" });
      assert.equal(update.rcode, "NOTIMP");
      await assert.rejects(
        dns.ask({ name: "egress.local", type: "SOA", opcode: "NOTIFY" }, 300),
        /no answer/,
      );
      assert.equal((await dns.ask({ name: LISTED })).rcode, "NOERROR");
    });

    it("to tell more by ANY, or in another class, than one record", async () => {
      await using world = await startDnsWorld(program, settings);
      await using dns = new DnsClient(world.ports.dns);
      for (const query of [{ type: "ANY" }, { type: "TXT", class: "CH" }] as const) {
        const { answers, bytes } = await dns.ask({ name: LISTED, ...query });
        assert.ok(answers.length <= 1 && bytes < 300, `${answers.length} records, ${bytes} bytes`);
      }
    });
  });

  it("fits the longest names into 512 bytes", async () => {
    const label = "n".repeat(63);
    const host = `${label}.${label}.${label}.${"n".repeat(48)}`;
    assert.equal(`${host}.egress.local`.length, 253);
    const longest = settingsFor([host], { namespace: "e".repeat(63) });
    await using world = await startDnsWorld(program, longest, { dnsService: `${"d".repeat(40)}-dns` });
    await using dns = new DnsClient(world.clusterDns);
    for (const type of ["A", "AAAA", "ANY", "TXT"] as const) {
      const { truncated, bytes, rcode } = await dns.ask({ name: `${host}.egress.local`, type });
      assert.ok(!truncated && bytes <= 512 && rcode === "NOERROR", `${type}: ${bytes} bytes, ${rcode}`);
    }
  });

  describe("resolves for musl, with a pod's search domains and ndots:5", () => {
    const pod = {
      search: ["shop.svc.cluster.local", "svc.cluster.local", "cluster.local", "corp.example"],
      ndots: 5,
    };
    const long = `${"n".repeat(63)}.${"n".repeat(63)}.${"n".repeat(63)}.example.com`;
    const hosts = ["api.stripe.com", "*.ingest.sentry.io", "a.b.c.d.example.com", long];
    const cases: [name: string, expected: string[] | string][] = [
      [LISTED, [SERVICE_IP]],
      ["o1.ingest.sentry.io.egress.local", [SERVICE_IP]],
      ["a.b.c.d.example.com.egress.local", [SERVICE_IP]],
      [`${long}.egress.local`, [SERVICE_IP]],
      [UNLISTED, "EAI_NONAME"],
      // Exists, because names below it do, and has no address.
      ["stripe.com.egress.local", "EAI_NODATA"],
    ];
    for (const [name, expected] of cases) {
      it(`${name.replace(/n{63}/g, "n…")}: ${String(expected)}`, async () => {
        await using world = await startDnsWorld(program, settingsFor(hosts));
        await using dns = new DnsClient(world.clusterDns);
        assert.deepEqual(await resolveLikeMusl(dns, name, pod), expected);
      });
    }
  });

  it("ends a query that a Service sends round between it and the cluster's DNS", async () => {
    const looping = `${serviceName("api.stripe.com")}.egress.svc.cluster.local. CNAME ${LISTED}.\n`;
    await using world = await startDnsWorld(program, settings, { services: looping });
    await using dns = new DnsClient(world.clusterDns);
    await dns.ask({ name: LISTED }).catch(() => undefined);
    await sleep(1_000);
    const before = await requests(world.ports.metrics);
    await sleep(1_000);
    // Its own is the only query since.
    assert.equal(await requests(world.ports.metrics), before);
    assert.ok(before < 5_000, `${before} queries for one`);
  });

  it("counts queries for Prometheus, and is ready and healthy", async () => {
    await using world = await startDnsWorld(program, settings);
    await using dns = new DnsClient(world.ports.dns);
    await dns.ask({ name: LISTED });
    assert.equal(await requests(world.ports.metrics, "egress.local."), 1);
    // Its target's address, from the cluster's DNS.
    assert.equal(await requests(world.ports.metrics, "egress.svc.cluster.local."), 1);
    assert.equal((await get(world.ports.ready, "/ready")).status, 200);
    assert.equal((await get(world.ports.health, "/health")).status, 200);
  });

  it("answers on when it is told to end, for longer than kubelet and kube-proxy take to notice", async () => {
    // Ever other names, so that no answer is remembered from before.
    const hosts = Array.from({ length: 1_000 }, (_, index) => `host-${index}.example.com`);
    await using world = await startDnsWorld(program, settingsFor(hosts));
    await using dns = new DnsClient(world.ports.dns);
    // A signal before the process listens for signals would end it at once.
    await sleep(500);
    const told = performance.now();
    world.egress.process.kill("SIGTERM");
    while (performance.now() - told < 10_000) {
      const { answers } = await dns.ask({ name: `${hosts.shift()!}.egress.local` });
      assert.equal(answers.length, 2);
      await sleep(15);
    }
    await assert.rejects(get(world.ports.ready, "/ready"), "the kubelet must see that it ends");
  });

  it("exits where its zone can't be read, so that the roll-out shows why", async () => {
    const broken = settingsFor(["api.stripe.com", "not a host"]);
    await assert.rejects(startDnsWorld(program, broken), /CoreDNS does not start: .*zone/s);
  });
});

/** Queries that have been counted; all, or those of one zone. */
async function requests(port: number, zone = ""): Promise<number> {
  const { body } = await get(port, "/metrics");
  const counts = [...body.matchAll(/^coredns_dns_requests_total\{.*zone="(.*?)".*\} (\S+)$/gm)];
  return counts
    .filter(([, of]) => zone === "" || of === zone)
    .reduce((sum, [, , count]) => sum + Number(count), 0);
}

async function get(port: number, path: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, body: await response.text() };
}
