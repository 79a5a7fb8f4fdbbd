import { freshCheck } from "../../proxy-image/src/stubdomain/dns/checks";
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { ANY_HOST, serviceName } from "../../component/names";
import { settingsOf } from "../../component/settings";
import { DnsClient } from "./support/client";
import { BUILD_TIMEOUT, corednsProgram, withoutGo } from "./support/coredns";
import { startDnsWorld } from "./support/egress-dns";
import { addressesOf } from "./support/message";

describe("egress-dns during an audit", { skip: withoutGo, timeout: BUILD_TIMEOUT }, () => {
  let program: string;
  before(
    async () => {
      program = await corednsProgram();
    },
    { timeout: BUILD_TIMEOUT },
  );

  it("answers every name, and those of upstreams as before", async () => {
    const settings = settingsOf({
      upstreams: [{ host: "api.stripe.com" }, { host: "*.ingest.sentry.io" }],
      audit: { namespaces: ["shop"], until: "2027-01-31" },
    });
    await using world = await startDnsWorld(program, settings);
    await using client = new DnsClient(world.clusterDns);
    const expected: [name: string, host: string][] = [
      ["api.stripe.com", "api.stripe.com"],
      ["a.b.ingest.sentry.io", "*.ingest.sentry.io"],
      ["example.org", ANY_HOST],
      ["a.b.c.example.org", ANY_HOST],
      // Where a name of an upstream exists, no wildcard above it reaches below it (RFC 4592 §4.4).
      ["example.com", ANY_HOST],
      ["stripe.com", ANY_HOST],
      ["www.stripe.com", ANY_HOST],
      ["a.api.stripe.com", ANY_HOST],
      ["sentry.io", ANY_HOST],
      ["a.sentry.io", ANY_HOST],
      ["ingest.sentry.io", ANY_HOST],
    ];
    for (const [name, host] of expected) {
      const answer = await client.resolve({ name: `${name}.egress.local` });
      assert.equal(answer.answers[0]?.data, `${serviceName(host)}.egress.svc.cluster.local.`, name);
      assert.equal(addressesOf(answer).length, 1, name);
    }
  });

  it("still has a place where nothing exists, for the controller's proof", async () => {
    const settings = settingsOf({
      upstreams: [{ host: "api.stripe.com" }],
      audit: { namespaces: ["shop"], until: "2027-01-31" },
    });
    await using world = await startDnsWorld(program, settings);
    await using client = new DnsClient(world.clusterDns);
    const zone = { domain: "egress.local", mname: "", address: "10.96.0.9", clusterDomain: "cluster.local" };
    const { name } = freshCheck(zone, "0123456789abcdef").question;
    const answer = await client.resolve({ name });
    assert.equal(answer.rcode, "NXDOMAIN");
    assert.deepEqual(
      answer.authorities.map(({ type }) => type),
      ["SOA"],
    );
  });
});
