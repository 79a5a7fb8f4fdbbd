import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ConfigMap } from "../../../proxy-image/src/stubdomain/cluster/cluster";
import { corefileTarget } from "../../../proxy-image/src/stubdomain/targets/coredns";
import { importedTarget, importer } from "../../../proxy-image/src/stubdomain/targets/imported";
import { TakenError, TargetError } from "../../../proxy-image/src/stubdomain/targets/error";
import { nodeLocalDns as nodeLocalTarget } from "../../../proxy-image/src/stubdomain/targets/node-local-dns";
import { COREFILES } from "../corefiles";
import type { TargetRef } from "../../../proxy-image/src/contract/stub-domain/target-ref";
import { obeysTheLaws } from "./laws";

const KUBEADM = COREFILES.kubeadm!;
const K3S = COREFILES["k3s, whose files are imported"]!;
const NODE_LOCAL = COREFILES["NodeLocal, bound to an address"]!;
const KEY = "egress.server";
const coredns = corefileTarget();
const nodeLocalDns = nodeLocalTarget();
const custom = (key: string | undefined) =>
  importedTarget({
    kind: "corednsCustom",
    namespace: "kube-system",
    name: "coredns-custom",
    ...(key === undefined ? {} : { key }),
  });

const configMap = (name: string, data: Record<string, string>): ConfigMap => ({
  metadata: { namespace: "kube-system", name },
  data,
});
const stub = (domain = "egress.local") => ({
  domain,
  forwardTo: "10.96.3.4",
  marker: "egress-stub-domain/anchor 0a1b2c3d",
  owner: "0a1b2c3d",
});

describe("the Corefile", () => {
  const entry = (domain: string) =>
    coredns.entry(stub(domain), { object: configMap("coredns", { Corefile: K3S }), corefile: undefined });
  obeysTheLaws(coredns.format, { k3s: K3S, kubeadm: COREFILES.kubeadm! }, [
    entry("egress.local"),
    entry("out.example"),
  ]);

  it("says whose an entry is, as long as its comment is there", () => {
    const own = entry("egress.local");
    assert.equal(coredns.format.ownerOf(own), "0a1b2c3d");
    assert.equal(coredns.format.ownerOf(own.replace(" 0a1b2c3d", "")), undefined);
    assert.equal(coredns.format.ownerOf(own.replace(/#.*\n/, "")), undefined);
    assert.ok(coredns.format.isOurs(K3S + own, own));
    assert.ok(!coredns.format.isOurs(K3S + own.replace(/#.*\n/, ""), own));
  });
});

describe("a key of coredns-custom", () => {
  const target = custom(KEY);
  const entry = (corefile: string | undefined, data: Record<string, string> = {}, domain?: string) =>
    target.entry(stub(domain), { object: configMap("coredns-custom", data), corefile });
  obeysTheLaws(target.format, { "a comment": "# mine\n", "somebody's block": "a.local {\n  whoami\n}\n" }, [
    entry(K3S),
    entry(K3S, {}, "out.example"),
  ]);

  it("listens where the Corefile that imports it does", () => {
    const corefile = ".:1053 {\n  bind 10.0.0.1\n  reload\n}\nimport custom/*.server\n";
    assert.match(entry(corefile), /\negress\.local:1053 \{\n {2}bind 10\.0\.0\.1\n/);
  });

  const unfit: [name: string, corefile: string | undefined, reason: RegExp][] = [
    ["no Corefile", undefined, /no Corefile/],
    ["no import", COREFILES.kubeadm, /imports no file egress\.server/],
    [
      "an import inside of a block",
      ".:53 {\n  reload\n  import custom/*.server\n}\n",
      /imports no file egress\.server/,
    ],
    ["another ending", ".:53 {\n  reload\n}\nimport custom/*.include\n", /imports no file/],
    ["another folder", ".:53 {\n  reload\n}\nimport /etc/coredns/*.server\n", /imports no file/],
    ["no reload", ".:53 {\n  errors\n}\nimport custom/*.server\n", /"reload"/],
    [
      "the domain in the Corefile",
      `${K3S}egress.local {\n  forward . 1.1.1.1\n}\n`,
      /served already, by Corefile/,
    ],
  ];
  for (const [name, corefile, reason] of unfit) {
    it(`is refused where CoreDNS would not serve it: ${name}`, () =>
      assert.throws(
        () => entry(corefile),
        (error: Error) => error instanceof TargetError && reason.test(error.message),
      ));
  }

  it("is refused where another key that is imported serves the domain or can't be read, and no other", () => {
    const taken = "egress.local:53 {\n  errors\n}\n";
    assert.throws(() => entry(K3S, { "other.server": taken }), TakenError);
    assert.throws(
      () => entry(K3S, { "other.server": "a {\n errors }\n" }),
      /^TargetError: other\.server, line 2: /,
    );
    for (const key of ["other.override", "other.server.bak", KEY]) entry(K3S, { [key]: taken });
  });

  it("needs a name", () => assert.throws(() => custom(undefined), TargetError));
});

describe("a key of another ConfigMap that a Corefile imports", () => {
  const LKE = ".:53 {\n  reload\n}\nimport custom/*.server\n";
  const place = { kind: "corednsCustom", namespace: "kube-system", key: KEY } as const;
  const entry = (ref: TargetRef, corefile: string) =>
    importedTarget(ref).entry(stub(), { object: configMap(ref.name, {}), corefile });

  it("is imported from any folder, which its name does not say", () => {
    const corefile = ".:53 {\n  reload\n}\nimport /etc/extra/*.server\n";
    assert.match(entry({ ...place, name: "coredns-extra" }, corefile), /egress\.local:53 \{/);
    assert.match(
      entry({ ...place, name: "coredns-custom", corefile: "own" }, corefile),
      /egress\.local:53 \{/,
    );
    assert.throws(
      () => entry({ ...place, name: "coredns-custom" }, corefile),
      /\(ConfigMap kube-system\/coredns or coredns-base or workload-coredns\) imports no file egress\.server/,
    );
  });

  it("is imported by the first Corefile that has an import for it", () => {
    const ref = { ...place, name: "coredns-custom" };
    const [left, base] = [
      configMap("coredns", { Corefile: KUBEADM }),
      configMap("coredns-base", { Corefile: LKE }),
    ];
    assert.equal(importer(ref, [left, base, undefined]), base);
    assert.equal(importer(ref, [undefined, base]), base);
    assert.equal(importer(ref, [left, undefined]), left);
    assert.equal(importer(ref, [undefined]), undefined);
  });

  it("says which argument names it", () => {
    const ref = { ...place, name: "coredns-custom" };
    assert.throws(
      () => importedTarget(ref).entry(stub(), { object: undefined, corefile: undefined }),
      /there is no Corefile .*name the ConfigMap that has it with dns\.configMap\.corefile/,
    );
    const cache = { ...ref, kind: "nodeLocalDnsCustom" } as const;
    assert.throws(() => entry(cache, KUBEADM), /dns\.nodeLocalConfigMap\.key names another file/);
  });

  it("of NodeLocal DNSCache has its addresses, and asks by TCP", () => {
    const cache = { ...place, kind: "nodeLocalDnsCustom", name: "node-local-dns-overrides" } as const;
    const corefile = `${NODE_LOCAL}import overrides/*.server\n`;
    assert.match(
      entry(cache, corefile),
      /\negress\.local:53 \{\n {2}bind 169\.254\.20\.10 10\.96\.0\.10\n.*\n {4}force_tcp\n/s,
    );
    assert.throws(
      () => entry(cache, corefile.replaceAll("169.254.20.10", "__PILLAR__LOCAL__DNS__")),
      /binds __PILLAR__LOCAL__DNS__, which node-cache replaces in that file and not in files that it imports/,
    );
  });
});

describe("NodeLocal DNSCache's Corefile", () => {
  const entry = (domain?: string) =>
    nodeLocalDns.entry(stub(domain), {
      object: configMap("node-local-dns", { Corefile: NODE_LOCAL }),
      corefile: undefined,
    });
  obeysTheLaws(nodeLocalDns.format, { "as shipped": NODE_LOCAL }, [entry(), entry("out.example")]);

  it("gets a block on the same addresses that asks by TCP", () => {
    assert.match(
      entry(),
      /\negress\.local:53 \{\n {2}bind 169\.254\.20\.10 10\.96\.0\.10\n.*\n {4}force_tcp\n.* {2}\}\n\}\n$/s,
    );
  });

  it("keeps the placeholders that node-cache fills in", () => {
    const corefile = NODE_LOCAL.replaceAll("169.254.20.10", "__PILLAR__LOCAL__DNS__");
    const object = configMap("node-local-dns", { Corefile: corefile });
    assert.match(
      nodeLocalDns.entry(stub(), { object, corefile: undefined }),
      /\n {2}bind __PILLAR__LOCAL__DNS__ /,
    );
  });
});
