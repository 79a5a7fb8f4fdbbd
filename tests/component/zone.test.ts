import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settingsOf } from "../../component/settings";
import { zoneText } from "../../component/zone";

function zone(...hosts: string[]): string {
  return zoneText(settingsOf({ upstreams: hosts.map((host) => ({ host })) }), "egress-dns");
}

function records(...hosts: string[]): Record<string, string> {
  const lines = zone(...hosts)
    .split("\n")
    .slice(5, -1);
  return Object.fromEntries(
    lines.map((line) => [line.split(" ")[0]!, line.split(" ").at(-1)!.split(".")[0]!]),
  );
}

describe("zoneText", () => {
  it("is a master file with SOA, NS and a CNAME for each upstream, sorted", () => {
    assert.equal(
      zone("api.stripe.com", "api.github.com"),
      [
        "$ORIGIN egress.local.",
        "$TTL 5",
        "@ IN SOA egress-dns.egress.svc.cluster.local. hostmaster.egress.local. 1 3600 600 86400 5",
        "@ IN NS egress-dns.egress.svc.cluster.local.",
        "_k8s-egress IN CNAME egress-dns.egress.svc.cluster.local.",
        "api.github.com IN CNAME api-github-com.egress.svc.cluster.local.",
        "api.stripe.com IN CNAME api-stripe-com.egress.svc.cluster.local.",
        "",
      ].join("\n"),
    );
  });

  it("does not depend on the order of the arguments", () => {
    assert.equal(
      zone("b.example", "a.example", "*.c.example"),
      zone("*.c.example", "a.example", "b.example"),
    );
  });

  it("differs by one record for one upstream more", () => {
    const before = zone("a.example", "c.example").split("\n");
    const after = zone("a.example", "b.example", "c.example").split("\n");
    assert.deepEqual(
      after.filter((line) => !before.includes(line)),
      ["b.example IN CNAME b-example.egress.svc.cluster.local."],
    );
    assert.deepEqual(
      before.filter((line) => !after.includes(line)),
      [],
    );
  });

  // RFC 4592 §4.4: what exists below a wildcard hides it from its own descendants.
  it("repeats a wildcard at names that exist below it", () => {
    assert.deepEqual(records("*.example.com", "a.b.example.com"), {
      "*.example.com": "wildcard---example-com",
      "a.b.example.com": "a-b-example-com",
      "*.a.b.example.com": "wildcard---example-com",
      "b.example.com": "wildcard---example-com",
      "*.b.example.com": "wildcard---example-com",
    });
  });

  it("gives the suffix of a longer wildcard to the shorter one", () => {
    assert.deepEqual(records("*.example.com", "*.a.example.com"), {
      "*.example.com": "wildcard---example-com",
      "*.a.example.com": "wildcard---a-example-com",
      "a.example.com": "wildcard---example-com",
    });
  });

  // `*.` would make it longer than 253 characters (RFC 1035 §2.3.4).
  it("repeats no wildcard at a name as long as names can be", () => {
    const label = "n".repeat(63);
    const longest = `${label}.${label}.${label}.${"n".repeat(36)}.example.com`;
    assert.equal(`${longest}.egress.local`.length, 253);
    const names = Object.keys(records("*.example.com", longest));
    assert.ok(names.includes(longest));
    assert.deepEqual(
      names.filter((name) => `${name}.egress.local`.length > 253),
      [],
    );
  });

  it("adds nothing where no wildcard stands above", () => {
    assert.deepEqual(Object.keys(records("*.a.example.com", "b.example.com")), [
      "*.a.example.com",
      "b.example.com",
    ]);
  });
});
