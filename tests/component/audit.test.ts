import type { EgressProxyArgs } from "../../component/args/egress-proxy";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { auditWarning } from "../../component/audit-warning";
import { compilePolicy } from "../../component/policy";
import { policyText } from "../../proxy-image/src/contract/policy/files";
import { settingsOf } from "../../component/settings";
import { checkArguments } from "../../component/validation/arguments";
import { zoneText } from "../../component/zone";
import { EgressLockdown, type EgressLockdownArgs, EgressProxy } from "../../index";
import { parsePolicy } from "../../proxy-image/src/contract/policy/validate";
import { type Provide, type Registered, runProgram } from "../harness/monitor";

const NOW = new Date("2027-01-01T12:00:00Z");
const AUDIT = { namespaces: ["shop", "reports"], until: "2027-01-31" };
const ARGS: EgressProxyArgs = {
  upstreams: [{ host: "api.stripe.com" }, { host: "*.sentry.io", port: 8443 }],
  image: `registry.example.com/egress@sha256:${"a".repeat(64)}`,
  audit: AUDIT,
};

function problems(change: object): string[] {
  const found = checkArguments("egress", { ...ARGS, ...change }, NOW);
  return found.any
    ? found
        .report("x")
        .split("\n")
        .slice(1)
        .map((line) => line.trim())
    : [];
}

describe("audit: the arguments", () => {
  it("are accepted when they are right, with and without upstreams", () => {
    for (const change of [
      {},
      { upstreams: [] },
      { audit: { ...AUDIT, until: "2027-04-01" } },
      { audit: { ...AUDIT, until: "2020-01-01" } },
      { log: { level: "debug", percent: 1 } },
      { dns: { mode: "manual" } },
      { mesh: { mode: "optional" } },
    ])
      assert.deepEqual(problems(change), [], JSON.stringify(change));
  });

  const wrong: [object, string, RegExp][] = [
    [{ audit: true }, "audit", /is true; write it as in \{ namespaces: \["shop"\], until: "2027-01-31" \}/],
    [{ audit: { ...AUDIT, hosts: ["*"] } }, "audit.hosts", /is not an argument; there are namespaces, until/],
    [{ audit: { ...AUDIT, namespaces: undefined } }, "audit.namespaces", /is missing; give a list/],
    [{ audit: { ...AUDIT, namespaces: [] } }, "audit.namespaces", /is empty; give a list/],
    [{ audit: { ...AUDIT, namespaces: ["*"] } }, "audit.namespaces[0]", /not a namespace's name/],
    [
      { audit: { ...AUDIT, namespaces: ["a", "a"] } },
      "audit.namespaces[1]",
      /is also audit\.namespaces\[0\]/,
    ],
    [{ audit: { ...AUDIT, until: undefined } }, "audit.until", /undefined is no day; give the last day/],
    [{ audit: { ...AUDIT, until: "31.1.2027" } }, "audit.until", /is no day; .*such as "2027-01-31"/],
    [{ audit: { ...AUDIT, until: "2027-02-30" } }, "audit.until", /is no day/],
    [{ audit: { ...AUDIT, until: "2027-04-02" } }, "audit.until", /is more than 90 days ahead/],
    [{ audit: { ...AUDIT, until: "2072-01-01" } }, "audit.until", /is more than 90 days ahead/],
    [{ mesh: { mode: "none" } }, "audit", /without a mesh nobody vouches/],
    [{ dns: { mode: "none" } }, "audit", /needs names that resolve/],
    [{ log: { level: "error" } }, "audit", /needs a log of who asked for what/],
    [{ audit: pulumi.output(AUDIT) }, "audit", /is an Output/],
    [{ audit: undefined, upstreams: [] }, "upstreams", /is empty/],
  ];
  for (const [change, path, says] of wrong) {
    it(`${path}: ${says.source}`, () => {
      const found = problems(change);
      assert.equal(found.length, 1, found.join("\n"));
      assert.ok(found[0]!.startsWith(`${path}: `), found[0]);
      assert.match(found[0]!, says);
    });
  }

  it("warn at every preview, before the end and after it", () => {
    const [before, after] = ["2027-01-31T23:59:59Z", "2027-02-01T00:00:00Z"].map((now) =>
      auditWarning(AUDIT, new Date(now)),
    );
    assert.match(
      before!,
      /until the end of 2027-01-31 \(UTC\) every meshed client in shop, reports may call/,
    );
    assert.match(after!, /ended on 2027-01-31; its names still resolve and are refused/);
  });
});

describe("audit: the policy and the zone", () => {
  it("call what is not listed as what is listed without a word more, until the day's end", () => {
    const text = policyText(compilePolicy(settingsOf({ ...ARGS, upstreams: [{ host: "a.com" }] })));
    const { audit, upstreams } = parsePolicy(text);
    const { timeouts, maxConnections, maxConnectionAge, maxRequests, maxRequestsPerClient, retries } =
      upstreams["a.com"]!;
    assert.deepEqual(audit, {
      service: "audit---any",
      namespaces: ["reports", "shop"],
      until: "2027-02-01T00:00:00Z",
      timeouts,
      maxConnections,
      maxConnectionAge,
      maxRequests,
      maxRequestsPerClient,
      retries,
      websockets: { maxAge: 3_600_000 },
    });
  });

  const records = (args: EgressProxyArgs): string[] =>
    zoneText(settingsOf(args), "egress-dns").split("\n").slice(5, -1);

  // RFC 4592 §4.4: what exists below a wildcard hides it from its own descendants.
  it("answer every name below the domain, and those of upstreams as before", () => {
    assert.deepEqual(records(ARGS), [
      "* IN CNAME audit---any.egress.svc.cluster.local.",
      "*.api.stripe.com IN CNAME audit---any.egress.svc.cluster.local.",
      "*.com IN CNAME audit---any.egress.svc.cluster.local.",
      "*.io IN CNAME audit---any.egress.svc.cluster.local.",
      "*.sentry.io IN CNAME wildcard---sentry-io.egress.svc.cluster.local.",
      "*.stripe.com IN CNAME audit---any.egress.svc.cluster.local.",
      "api.stripe.com IN CNAME api-stripe-com.egress.svc.cluster.local.",
      "com IN CNAME audit---any.egress.svc.cluster.local.",
      "io IN CNAME audit---any.egress.svc.cluster.local.",
      "sentry.io IN CNAME audit---any.egress.svc.cluster.local.",
      "stripe.com IN CNAME audit---any.egress.svc.cluster.local.",
    ]);
    assert.deepEqual(records({ ...ARGS, audit: undefined }).length, 2);
  });

  it("have no wildcard below a name of full length, which no master file may hold", () => {
    const host = `${"a.".repeat(119)}io`;
    assert.equal(`${host}.egress.local`.length, 253);
    const names = records({ ...ARGS, upstreams: [{ host }] }).map((line) => line.split(" ")[0]!);
    assert.ok(names.includes(host));
    assert.equal(names.includes(`*.${host}`), false);
    assert.ok(names.every((name) => `${name}.egress.local`.length <= 253));
  });
});

describe("audit: what is created", () => {
  const run = async (args: EgressProxyArgs): Promise<Registered[]> =>
    (await runProgram(() => new EgressProxy("egress", args).auditedNamespaces)).resources;
  const today = new Date().toISOString().slice(0, 10);
  const args = { ...ARGS, audit: { ...AUDIT, until: today } };
  const names = (resources: Registered[]): string[] => resources.map(({ type, name }) => `${type} ${name}`);

  it("is one Service more", async () => {
    const without = new Set(names(await run({ ...ARGS, audit: undefined })));
    assert.deepEqual(
      names(await run(args)).filter((name) => !without.has(name)),
      ["kubernetes:core/v1:Service egress-audit---any"],
    );
  });

  it("works without any upstream: connect timeout and NetworkPolicy are the audit's", async () => {
    const resources = await run({ ...args, upstreams: [] });
    const text = JSON.stringify(resources.filter(({ name }) => name === "egress-proxy"));
    assert.match(text, /"config\.linkerd\.io\/proxy-outbound-connect-timeout":"5000ms"/);
    assert.match(text, /"port":443,"protocol":"TCP"|"protocol":"TCP","port":443/);
  });

  it("opens port 443 in the NetworkPolicy where no upstream does", async () => {
    const resources = await run({ ...args, upstreams: [{ host: "a.com", port: 8443 }] });
    const policy = resources.find(
      ({ type, name }) => type.endsWith(":NetworkPolicy") && name === "egress-proxy",
    );
    const ports = JSON.stringify((policy!.inputs.spec as { egress: object }).egress);
    assert.match(ports, /"port":443\b.*"port":8443/);
  });
});

describe("audit and lockdown", () => {
  const day = new Date().toISOString().slice(0, 10);
  const lockdown = (
    more: Partial<EgressLockdownArgs>,
    audit = true,
    created: string[] = [],
  ): Promise<{ resources: Registered[] }> => {
    const provide: Provide = ({ name, inputs }) => {
      created.push(name);
      return Promise.resolve({ id: name, state: inputs });
    };
    return runProgram(() => {
      const proxy = new EgressProxy("egress", {
        ...ARGS,
        audit: audit ? { ...AUDIT, until: day } : undefined,
      });
      new EgressLockdown("lockdown", {
        namespaces: ["web", "shop"],
        auditedNamespaces: proxy.auditedNamespaces,
        ...more,
      });
    }, provide);
  };

  it("can't both hold in one namespace; then nothing of the lockdown is created", async () => {
    const created: string[] = [];
    await assert.rejects(
      lockdown({}, true, created),
      /namespaces\[1\]: "shop" is in the EgressProxy's `audit`/,
    );
    assert.deepEqual(
      created.filter((name) => name.startsWith("lockdown")),
      [],
    );
  });

  it("go together where the lockdown only counts, in other namespaces, and after the audit", async () => {
    for (const [more, audit] of [
      [{ mode: "audit" }, true],
      [{ namespaces: ["web"] }, true],
      [{}, false],
    ] as const) {
      const { resources } = await lockdown(more as Partial<EgressLockdownArgs>, audit);
      assert.ok(resources.some(({ type }) => type.endsWith(":EgressNetwork")));
    }
  });
});
