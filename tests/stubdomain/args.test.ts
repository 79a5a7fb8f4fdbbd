import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { waitForApplied } from "../../proxy-image/src/contract/stub-domain/anchor";
import { readArgs } from "../../proxy-image/src/stubdomain/args";
import { expectedMname } from "../../proxy-image/src/contract/stub-domain/spec";

const GIVEN: Record<string, string> = {
  domain: "egress.local",
  "dns-service": "egress/egress-dns",
  "cluster-domain": "cluster.local",
  target: "kube-system/coredns",
  anchor: "egress-stub/kube-system-coredns",
  "spec-hash": "0123abcd",
};
const argv = (options: Record<string, string>) =>
  Object.entries(options).map(([name, value]) => `--${name}=${value}`);

describe("controller's command line", () => {
  it("says what the controller is for", () => {
    assert.deepEqual(readArgs(argv(GIVEN)), {
      spec: {
        domain: "egress.local",
        dnsService: { namespace: "egress", name: "egress-dns" },
        clusterDomain: "cluster.local",
        target: { namespace: "kube-system", name: "coredns" },
        anchor: { namespace: "egress-stub", name: "kube-system-coredns" },
        specHash: "0123abcd",
        proofTimeoutMs: 240_000,
      },
      port: 8081,
    });
    const { spec, port } = readArgs(argv({ ...GIVEN, port: "9000", "proof-timeout": "10" }));
    assert.deepEqual([port, spec.proofTimeoutMs], [9000, 10_000]);
    assert.equal(expectedMname(spec), "egress-dns.egress.svc.cluster.local.");
  });

  for (const missing of Object.keys(GIVEN)) {
    it(`needs --${missing}`, () => {
      const rest = Object.fromEntries(Object.entries(GIVEN).filter(([option]) => option !== missing));
      assert.throws(() => readArgs(argv(rest)), new RegExp(`usage:.*\n--${missing} is missing$`, "s"));
    });
  }

  const wrong: [option: string, value: string][] = [
    ["domain", "Egress.local"],
    ["domain", "egress.local."],
    ["domain", "a b"],
    ["domain", "-a.b"],
    ["dns-service", "egress-dns"],
    ["dns-service", "a/b/c"],
    ["cluster-domain", ""],
    ["target", "/coredns"],
    ["anchor", "ns/UPPER"],
    ["spec-hash", "xyz"],
    ["spec-hash", ""],
    ["port", "0"],
    ["port", "65536"],
    ["port", "80a"],
    ["proof-timeout", "-1"],
  ];
  for (const [option, value] of wrong) {
    it(`refuses --${option}=${value}`, () => {
      assert.throws(
        () => readArgs(argv({ ...GIVEN, [option]: value })),
        (error) => {
          assert.ok(error instanceof Error);
          assert.match(error.message, new RegExp(`--${option}`));
          assert.match(error.message, /usage:/);
          return true;
        },
      );
    });
  }

  it("refuses what it does not know", () => {
    assert.throws(() => readArgs([...argv(GIVEN), "--colour=red"]), /--colour/);
    assert.throws(() => readArgs([...argv(GIVEN), "extra"]), /extra/);
  });
});

it("Pulumi waits by an expression in brackets", () => {
  assert.equal(waitForApplied("0123abcd"), "jsonpath={.metadata.annotations['k8s-egress/applied']}=0123abcd");

  it("says where the target is, in any kind of ConfigMap", () => {
    const targetOf = (more: Record<string, string>) => readArgs(argv({ ...GIVEN, ...more })).spec.target;
    assert.deepEqual(targetOf({ target: "dns/own", "target-kind": "coredns", "target-key": "File" }), {
      kind: "coredns",
      namespace: "dns",
      name: "own",
      key: "File",
    });
    assert.deepEqual(
      targetOf({
        "target-kind": "corednsCustom",
        "target-key": "a.custom",
        "target-corefile": "coredns-base",
      }),
      {
        kind: "corednsCustom",
        namespace: "kube-system",
        name: "coredns",
        key: "a.custom",
        corefile: "coredns-base",
      },
    );
    const { spec } = readArgs(argv({ ...GIVEN, "cluster-dns-service": "coredns" }));
    assert.equal(spec.clusterDnsService, "coredns");
    const wrong: [options: Record<string, string>, reason: RegExp][] = [
      [{ "target-kind": "corednsCustom" }, /--target-key is missing: the kind corednsCustom needs one/],
      [{ "target-kind": "nodeLocalDnsCustom" }, /--target-key is missing/],
      [{ "target-kind": "openshift", "target-key": "x" }, /the kind openshift has no key/],
      [{ "target-key": "a/b" }, /is no key of a ConfigMap/],
      [{ "target-corefile": "coredns" }, /--target-corefile: no Corefile imports the kind coredns/],
      [{ "target-kind": "nodeLocalStubDomains", "target-corefile": "X" }, /--target-corefile: "X"/],
      [{ "cluster-dns-service": "A/b" }, /--cluster-dns-service: "A\/b" is not the name/],
    ];
    for (const [options, reason] of wrong) assert.throws(() => targetOf(options), reason);
  });
});
