import assert from "node:assert/strict";
import tls from "node:tls";
import { after, before, describe, it } from "node:test";
import { compilePolicy } from "../../component/policy";
import { settingsOf } from "../../component/settings";
import { auditedRequest } from "../../proxy-image/src/cli/suggest/audited-request";
import { Sightings } from "../../proxy-image/src/cli/suggest/sightings";
import { suggest } from "../../proxy-image/src/cli/suggest/suggestion";
import type { PolicyAudit } from "../../proxy-image/src/contract/policy/policy";
import { createAudit } from "../../proxy-image/src/proxy/authorise/audit";
import { ask } from "./support/client";
import {
  Internet,
  type World,
  authority,
  clientField,
  policyOf,
  startWorld,
  upstream,
} from "./support/world";

// An audit takes the public authorities and no others; here the tests' own is public.
tls.setDefaultCACertificates([authority.ca]);

const AUDIT: PolicyAudit = {
  service: "audit---any",
  namespaces: ["shop", "reports"],
  until: "2999-01-01T00:00:00Z",
  timeouts: { connect: 2_000, response: 5_000, idle: 5_000, stream: 3_600_000 },
  maxRequestsPerClient: 1,
};

async function anotherInternet(host: string): Promise<Internet> {
  const internet = new Internet();
  await internet.https([host], (_req, res) => res.end());
  return internet;
}

describe("an audit", () => {
  let world: World;
  let seen: string[] = [];

  before(async () => {
    world = await startWorld(
      {
        "api.example.com": upstream("api-example-com", { allow: [{ clients: [{ namespace: "reports" }] }] }),
        "*.listed.com": upstream("wildcard---listed-com", { allow: [{ methods: ["POST"] }] }),
      },
      { audit: AUDIT, logPercent: 0 },
    );
    for (const host of ["api.example.com", "a.listed.com", "new.example.com", "example.org"]) {
      await world.internet.https([host], (req, res) => {
        seen.push(`${req.method} ${req.headers.host} ${req.url}`);
        res.end();
      });
    }
    world.internet.names.set("inside.example.org", ["10.0.0.7"]);
    world.internet.names.set("metadata.example.org", ["169.254.169.254"]);
  });
  after(() => world.close());

  const outcome = async (
    who: string | undefined,
    host: string,
    method = "GET",
    { port }: World = world,
  ): Promise<string> => {
    const { status, headers } = await ask({
      port,
      host: `${host}.egress.local`,
      path: "/path?query",
      method,
      headers: who === undefined ? {} : clientField(who),
    });
    return `${status} ${/details="([^"]+)"/.exec(String(headers["proxy-status"]))?.[1] ?? ""}`.trim();
  };

  it("lets verified clients of its namespaces through to what is not listed, and logs each", async () => {
    seen = [];
    world.log.length = 0;
    assert.equal(await outcome("shop/web", "new.example.com"), "200");
    assert.equal(await outcome("reports/cron", "EXAMPLE.org", "DELETE"), "200");
    assert.deepEqual(seen, ["GET new.example.com /path?query", "DELETE example.org /path?query"]);
    assert.deepEqual(
      world.log.map(({ client, method, host, upstream, path, status }) => [
        client,
        method,
        host,
        upstream,
        path,
        status,
      ]),
      [
        ["shop/web", "GET", "new.example.com", "audit", "/path", 200],
        ["reports/cron", "DELETE", "example.org", "audit", "/path", 200],
      ],
      "without the query, and although no other request that goes well is logged",
    );
  });

  it("changes nothing for anybody else", async () => {
    seen = [];
    assert.equal(await outcome("other/web", "new.example.com"), "403 not-listed");
    assert.equal(await outcome("web/shop", "new.example.com"), "403 not-listed");
    assert.equal(await outcome(undefined, "new.example.com"), "403 not-listed");
    assert.deepEqual(seen, []);
  });

  it("never overrides what a listed upstream refuses, by its own name or by a wildcard's", async () => {
    seen = [];
    assert.equal(await outcome("shop/web", "api.example.com"), "403 client-denied");
    assert.equal(await outcome("shop/web", "API.example.com"), "403 client-denied");
    assert.equal(await outcome("shop/web", "a.listed.com"), "403 request-denied");
    assert.deepEqual(seen, []);
  });

  it("is not for the cluster's names, the domain's own, single labels and special ones", async () => {
    world.internet.resolved.length = 0;
    for (const host of [
      "kubernetes.default.svc",
      "kubernetes.default.svc.cluster.local",
      "kubernetes",
      "api.example.com.egress.local",
      "egress.local",
      "local",
      "printer.local",
      "a.localhost",
      "metadata.google.internal",
      "7.0.0.10.in-addr.arpa",
      "api_v1.example.org",
      "10.0.0.7",
      "0x7f.1",
    ]) {
      assert.equal(await outcome("shop/web", host), "403 not-audited", host);
    }
    assert.deepEqual(world.internet.resolved, []);
  });

  it("is for public addresses only", async () => {
    world.internet.connected.length = 0;
    assert.equal(await outcome("shop/web", "inside.example.org"), "502 destination-prohibited");
    assert.equal(await outcome("shop/web", "metadata.example.org"), "502 destination-prohibited");
    assert.deepEqual(world.internet.connected, []);
  });

  it("dials port 443 only, and refuses a certificate of another name", async () => {
    const address = await world.internet.https(["other.example.org"], (_req, res) => res.end());
    world.internet.names.set("impostor.example.org", [address]);
    world.internet.connected.length = 0;
    assert.equal(await outcome("shop/web", "impostor.example.org"), "502 certificate-invalid");
    assert.deepEqual(new Set(world.internet.connected), new Set([`${address}:443`]));
  });

  it("is one entry in the metrics, by client, whatever the names", async () => {
    for (let i = 0; i < 20; i++) await outcome("shop/web", `n${i}.example.net`);
    const text = (await ask({ port: world.adminPort, host: "admin", path: "/metrics" })).body.toString();
    assert.match(text, /^egress_requests_total\{upstream="audit",client="shop\/web",status="2xx"\} \d+$/m);
    assert.match(text, /^egress_failures_total\{upstream="audit",failure="dns-error".*\} 20$/m);
    assert.doesNotMatch(text, /example\.(?:net|org)/);
  });

  it("gives a log from which a list is made that allows exactly what was seen", async (t) => {
    world.log.length = 0;
    assert.equal(await outcome("shop/web", "new.example.com", "PUT"), "200");
    assert.equal(await outcome("reports/cron", "new.example.com"), "200");
    assert.equal(await outcome("shop/web", "typo.example.com"), "502 dns-error");
    const sightings = new Sightings();
    for (const line of world.log) {
      const request = auditedRequest(JSON.stringify(line));
      assert.ok(request !== undefined && request !== "other");
      sightings.add(request);
    }
    const { upstreams, neverAnswered } = suggest(sightings);
    assert.deepEqual(neverAnswered, ["typo.example.com"]);
    const listed = compilePolicy(settingsOf({ upstreams: upstreams.map(({ upstream }) => upstream) }));
    const next = await startWorld(listed.upstreams, { internet: await anotherInternet("new.example.com") });
    t.after(() => next.close());
    assert.equal(await outcome("shop/web", "new.example.com", "PUT", next), "200");
    assert.equal(await outcome("reports/cron", "new.example.com", "GET", next), "200");
    assert.equal(await outcome("shop/web", "new.example.com", "GET", next), "403 request-denied");
    assert.equal(await outcome("shop/api", "new.example.com", "PUT", next), "403 client-denied");
    assert.equal(await outcome("shop/web", "typo.example.com", "GET", next), "403 not-listed");
  });

  it("is over at its end, by the proxy's own clock and without a new policy", () => {
    let now = Date.parse("2027-01-31T23:59:59.999Z");
    const policy = { ...policyOf({}), audit: { ...AUDIT, until: "2027-02-01T00:00:00Z" } };
    const unlisted = createAudit(policy, () => now);
    const web = { namespace: "shop", serviceAccount: "web", key: "shop/web" };
    const find = (): string => {
      const found = unlisted("new.example.com.egress.local", web);
      return "route" in found ? found.host : found.name;
    };
    assert.equal(find(), "new.example.com");
    now++;
    assert.equal(find(), "audit-ended");
  });

  it("that has ended says so to those whom it was for, and to nobody else", async (t) => {
    const ended = await startWorld({}, { audit: { ...AUDIT, until: "2020-01-01T00:00:00Z" } });
    t.after(() => ended.close());
    const details = async (who: string): Promise<string> => {
      const { status, body } = await ask({
        port: ended.port,
        host: "new.example.com.egress.local",
        headers: clientField(who),
      });
      assert.equal(status, 403);
      return body.toString();
    };
    assert.match(await details("shop/web"), /#audit-ended.*k8s-egress suggest/);
    assert.match(await details("other/web"), /#not-listed/);
    assert.deepEqual(ended.internet.resolved, []);
  });
});
