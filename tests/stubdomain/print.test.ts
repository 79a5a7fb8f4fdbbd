import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { printed } from "../../proxy-image/src/cli/dns-print";
import { type ChartServer, chartServers, withBlock } from "../../proxy-image/src/cli/manual";
import { readPrintOptions } from "../../proxy-image/src/cli/print-options";
import { UsageError } from "../../proxy-image/src/cli/usage-error";
import { stubBlock } from "../../proxy-image/src/contract/stub-domain/block";
import { parseCorefile } from "../../proxy-image/src/stubdomain/corefile/server-blocks";
import { COREFILES } from "./corefiles";
import { scene, TARGET } from "./scene";

const KUBEADM = COREFILES.kubeadm!;
const BLOCK = stubBlock({ domain: "egress.local", port: 53, forwardTo: "10.96.3.4" });

/** What the chart's template makes of its values, in short: coredns/helm, templates/_helpers.tpl and configmap.yaml. */
const rendered = (servers: ChartServer[]) =>
  servers
    .map(({ zones, port, plugins }) => {
      const addresses = zones.map(({ scheme = "", zone }) => scheme + zone).join(" ");
      const lines = plugins.map(({ name, parameters, configBlock }) =>
        [
          `    ${name}`,
          parameters && ` ${parameters}`,
          configBlock && ` {\n${configBlock.replace(/^/gm, "        ")}\n    }`,
        ].join(""),
      );
      return `${addresses}${port === undefined ? "" : `:${port}`} {\n${lines.join("\n")}\n}\n`;
    })
    .join("");

/** Blocks as CoreDNS understands them. */
const meaning = (corefile: string) =>
  parseCorefile(corefile).blocks.map(({ keys, directives }) => [
    keys,
    directives.map(({ tokens }) => tokens.map(({ text }) => text)),
  ]);

describe("k8s-egress dns print", () => {
  it("gives the EKS add-on the whole Corefile of now, with the block", async () => {
    const { cluster } = scene();
    const values = JSON.parse(await printed(cluster, "eks", BLOCK)) as { corefile: string };
    assert.equal(values.corefile, `${KUBEADM}\n${BLOCK}`);
  });

  it("says the same again, and puts a new block in the place of an old one", () => {
    const once = withBlock(KUBEADM, BLOCK);
    assert.equal(withBlock(once, `\n${BLOCK}\n\n`), once);
    const moved = withBlock(once, BLOCK.replace("10.96.3.4", "10.96.9.9"));
    assert.equal(moved, once.replace("10.96.3.4", "10.96.9.9"));
  });

  it("gives RKE2 chart values that render to the same Corefile", async () => {
    const { cluster } = scene();
    const name = "rke2-coredns-rke2-coredns";
    cluster.create({ namespace: "kube-system", name }, { data: { Corefile: KUBEADM } });
    const config = JSON.parse(await printed(cluster, "rke2", BLOCK)) as {
      kind: string;
      spec: { valuesContent: string };
    };
    assert.equal(config.kind, "HelmChartConfig");
    const { servers } = JSON.parse(config.spec.valuesContent) as { servers: ChartServer[] };
    assert.deepEqual(meaning(rendered(servers)), meaning(`${KUBEADM}\n${BLOCK}`));
  });

  describe("for RKE2 with NodeLocal DNSCache", () => {
    const template = (domains: string) =>
      [`${domains} {\n`, "in-addr.arpa:53 {\n", "ip6.arpa:53 {\n", ".:53 {\n"]
        .map((start) => `${start}    errors\n    cache 30\n    }\n`)
        .join("");
    const printedFor = async (cache: string, version = "v1.36.3+rke2r1") => {
      const { cluster } = scene();
      cluster.kind = { version, groups: [] };
      const create = (name: string, Corefile: string) =>
        cluster.create({ namespace: "kube-system", name }, { data: { Corefile } });
      create("rke2-coredns-rke2-coredns", KUBEADM);
      create("node-local-dns", cache);
      const config = JSON.parse(await printed(cluster, "rke2", BLOCK)) as { spec: { valuesContent: string } };
      return (JSON.parse(config.spec.valuesContent) as { nodelocal?: unknown }).nodelocal;
    };

    it("sends the domain to CoreDNS, and those that it sends there already", async () => {
      const enabled = true;
      assert.deepEqual(await printedFor(template("cluster.local:53")), {
        enabled,
        extraClusterDomains: ["egress.local"],
      });
      assert.deepEqual(await printedFor(template("cluster.local:53 corp.example:53")), {
        enabled,
        extraClusterDomains: ["corp.example", "egress.local"],
      });
      const again = template("cluster.local:53 egress.local:53 corp.example:53");
      assert.deepEqual(await printedFor(again, "v1.40.0+rke2r1"), {
        enabled,
        extraClusterDomains: ["egress.local", "corp.example"],
      });
    });

    it("refuses a release whose chart has no value for it, by name", async () => {
      for (const version of ["v1.36.2+rke2r1", "v1.33.12+rke2r1", "v1.30.9+rke2r1"]) {
        await assert.rejects(
          printedFor(template("cluster.local:53"), version),
          (error) =>
            error instanceof UsageError &&
            error.message.includes(`${version} has no value`) &&
            error.message.includes("1.36.3"),
        );
      }
      for (const version of ["v1.33.13+rke2r2", "v1.34.10+rke2r1", "v1.35.7+rke2r1"]) {
        await printedFor(template("cluster.local:53"), version);
      }
    });

    it("refuses a Corefile that the chart does not make", async () => {
      const cache = `${template("cluster.local:53")}corp.example:53 {\n    errors\n    }\n`;
      await assert.rejects(printedFor(cache), /nodelocal\.corefile\.override\) put egress\.local beside/);
      await assert.rejects(
        printedFor(".:53 {\n    errors\n    }\n"),
        /is not the one that RKE2's chart makes/,
      );
    });
  });

  it("writes values for every Corefile whose parts the chart can say, and refuses the others", () => {
    let said = 0;
    for (const [name, corefile] of Object.entries(COREFILES)) {
      const isSimple = parseCorefile(corefile).imports.length === 0;
      let servers: ChartServer[];
      try {
        servers = chartServers(corefile);
      } catch (error) {
        assert.match(String(error), /the chart's values have|goes over several lines/, name);
        continue;
      }
      assert.ok(isSimple);
      said++;
      assert.deepEqual(meaning(rendered(servers)), meaning(corefile), name);
    }
    assert.ok(said >= 5, `${said}`);
  });

  it("refuses with the reason", async () => {
    const { cluster } = scene();
    await assert.rejects(
      printed(cluster, "rke2", BLOCK),
      /no Corefile in ConfigMap kube-system\/rke2-coredns/,
    );
    await assert.rejects(printed(cluster, "eks", "errors\n"), UsageError);
    cluster.edit(TARGET, "me", `${KUBEADM}egress.local {\n  whoami\n}\n`);
    await assert.rejects(printed(cluster, "eks", BLOCK), /does more than a stub domain/);
  });

  it("has options", () => {
    assert.deepEqual(readPrintOptions(["--for", "rke2", "--context=c"]), {
      platform: "rke2",
      kubeconfig: undefined,
      context: "c",
      help: false,
    });
    assert.equal(readPrintOptions(["-h"]).help, true);
    for (const argv of [[], ["--for", "aks"], ["x"], ["--force"]])
      assert.throws(() => readPrintOptions(argv), UsageError);
  });
});
