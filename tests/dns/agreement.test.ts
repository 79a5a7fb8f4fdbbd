import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { before, describe, it } from "node:test";
import { pino } from "pino";
import { servicesZone } from "../../component/corefile";
import { compilePolicy } from "../../component/policy";
import { policyText } from "../../proxy-image/src/contract/policy/files";
import { type Settings, settingsOf } from "../../component/settings";
import { checkArguments } from "../../component/validation/arguments";
import { parsePolicy } from "../../proxy-image/src/contract/policy/validate";
import { createRoutes } from "../../proxy-image/src/proxy/route/routes";
import { createProxy } from "../../proxy-image/src/proxy/create-proxy";
import { ask as askProxy } from "../proxy/support/client";
import { clientField, Internet } from "../proxy/support/world";
import { DnsClient } from "./support/client";
import { freePorts } from "../harness/free-ports";
import { BUILD_TIMEOUT, corednsProgram, withoutGo } from "./support/coredns";
import { startClusterDns, startEgressDns } from "./support/egress-dns";
import type { Answer } from "./support/message";
import { addressesOf } from "./support/message";
import { fitsDns, NameGenerator } from "./support/names";

const IMAGE = `registry.example.com/egress@sha256:${"a".repeat(64)}`;
const LISTS = 300;
/** Milliseconds, for a busy machine; a quiet one takes 15 s. */
const PATIENCE = 300_000;
/** Every so many lists are asked by HTTP too. */
const BY_HTTP = 15;

const silent = pino({ level: "silent" });

interface Case {
  settings: Settings;
  names: string[];
}

/** A list of upstreams that the component accepts, with names to ask for. */
function caseOf(seed: number): Case | undefined {
  const generator = new NameGenerator(seed);
  const domain = generator.domain();
  const upstreams = generator.upstreams(domain);
  const args = { upstreams, domain, image: IMAGE };
  if (checkArguments("egress", args).any) return undefined;
  return {
    settings: settingsOf(args),
    names: generator.names(
      upstreams.map(({ host }) => host),
      domain,
    ),
  };
}

/** What the DNS makes of a name: the Service that it leads to, or undefined. */
function serviceOf({ answers, rcode }: Answer, settings: Settings): string | undefined {
  if (answers.length === 0) {
    assert.ok(rcode === "NXDOMAIN" || rcode === "NOERROR", rcode);
    return undefined;
  }
  const [cname] = answers;
  assert.equal(cname!.type, "CNAME");
  const suffix = `.${servicesZone(settings)}.`;
  assert.ok(cname!.data.endsWith(suffix), cname!.data);
  return cname!.data.slice(0, -suffix.length);
}

describe("zone and policy", { skip: withoutGo, timeout: BUILD_TIMEOUT }, () => {
  let program: string;
  before(
    async () => {
      program = await corednsProgram();
    },
    { timeout: BUILD_TIMEOUT },
  );

  it(`agree on every name, for ${LISTS} lists of upstreams`, { timeout: PATIENCE }, async (test) => {
    const [dns, egressDns] = (await freePorts(2)) as [number, number];
    // One for all lists: it has an address for every Service.
    await using cluster = await startClusterDns(program, settingsOf({ upstreams: [] }), { dns, egressDns });
    const counts = { names: 0, resolved: 0, refused: 0, malformed: 0, byHttp: 0 };
    for (let seed = 1, lists = 0; lists < LISTS; seed++) {
      const one = caseOf(seed);
      if (!one) continue;
      lists++;
      await using server = await startEgressDns(program, one.settings, cluster.port);
      await using client = new DnsClient(server.ports.dns);
      await compare(one, client, `seed ${seed}`, counts);
      if (lists % BY_HTTP === 0) counts.byHttp += await compareByHttp(one, client, `seed ${seed}`);
    }
    assert.ok(counts.resolved > 1_000 && counts.refused > 1_000, JSON.stringify(counts));
    test.diagnostic(`${LISTS} lists: ${JSON.stringify(counts)}`);
  });
});

/** Asks CoreDNS and the proxy's routes for each name. */
async function compare(
  { settings, names }: Case,
  dns: DnsClient,
  where: string,
  counts: Record<string, number>,
): Promise<void> {
  const policy = parsePolicy(policyText(compilePolicy(settings)));
  const routes = createRoutes(policy);
  await eachAtOnce(names, async (name) => {
    const what = `${where}: ${name} with ${settings.upstreams.map(({ host }) => host).join(" ")}`;
    const destination = routes.find(name);
    if (!fitsDns(name)) {
      assert.equal(destination, "malformed", what);
      return;
    }
    const answer = await dns.resolve({ name });
    const service = serviceOf(answer, settings);
    counts.names!++;
    if (destination === "malformed") {
      // Names of DNS that no host name is: 400, whatever a wildcard of the zone says of them.
      counts.malformed!++;
      if (service !== undefined) assert.match(service, /^wildcard---/, what);
      return;
    }
    assert.equal(service, destination?.route.upstream.service, what);
    assert.equal(addressesOf(answer).length, service === undefined ? 0 : 1, what);
    counts[service === undefined ? "refused" : "resolved"]!++;
  });
}

/** A socket's buffer holds so many questions; more at once would be lost. */
const AT_ONCE = 40;

async function eachAtOnce<T>(items: readonly T[], each: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of left) await each(item);
    }),
  );
}

/** The same with the whole proxy, a request over a socket for each name. */
async function compareByHttp({ settings, names }: Case, dns: DnsClient, where: string): Promise<number> {
  const policy = parsePolicy(policyText(compilePolicy(settings)));
  const proxy = createProxy({
    policy,
    mesh: settings.mesh,
    // Without third parties: what is listed is answered 502.
    network: new Internet(),
    log: silent,
    own: [],
  });
  proxy.data.listen(0, "127.0.0.1");
  await once(proxy.data, "listening");
  const { port } = proxy.data.address() as AddressInfo;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  try {
    // Node's client refuses what no header can hold.
    const askable = names.filter((name) => fitsDns(name) && /^[\x21-\x7e]+$/.test(name));
    for (const name of askable) {
      const { status, headers } = await askProxy({
        port,
        host: name,
        agent,
        headers: clientField("shop/web"),
      });
      const isListed = serviceOf(await dns.resolve({ name }), settings) !== undefined;
      const isNotListed = String(headers["proxy-status"]).includes('details="not-listed"');
      if (status !== 400) assert.equal(isListed, !isNotListed, `${where}: ${name} is ${status}`);
    }
    return askable.length;
  } finally {
    agent.destroy();
    proxy.data.close();
    proxy.data.closeAllConnections();
    proxy.destroy();
  }
}
