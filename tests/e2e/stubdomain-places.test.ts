import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { TargetKind, TargetRef } from "../../proxy-image/src/contract/stub-domain/target-ref";
import { kubectl, type Cluster } from "../cluster";
import { type ClusterInUse, useCluster } from "../cluster/shared";
import { ControllerScene, type Task } from "./support/controller-scene";
import { createOwnDns, DEFAULT_BLOCK, type OwnDns, type OwnDnsOptions } from "./support/own-dns";
import { until } from "./support/wait";

const IMPORTING = `${DEFAULT_BLOCK}import custom/*.server\n`;

let inUse: ClusterInUse | undefined;
let real: Cluster;
const namespaces: string[] = [];

before(async () => {
  inUse = await useCluster();
  real = inUse.cluster;
});
after(async () => {
  if (namespaces.length > 0) await kubectl(real, ["delete", "namespace", "--wait=false", ...namespaces]);
  await inUse?.release();
});

async function dnsOf(options: OwnDnsOptions): Promise<OwnDns> {
  const dns = await createOwnDns(real, options);
  namespaces.push(dns.namespace);
  return dns;
}

/** A controller whose pod queries this DNS, as pods of such a cluster do. */
async function controllerFor(
  { namespace, address }: OwnDns,
  kind: TargetKind,
  place: Omit<TargetRef, "namespace" | "kind">,
  more: Partial<Task> & { search?: string } = {},
): Promise<ControllerScene> {
  const { search, ...task } = more;
  const searches = ["svc.cluster.local", "cluster.local", ...(search === undefined ? [] : [search])];
  const scene = await ControllerScene.create(real, {
    domain: "egress.local",
    target: { kind, namespace, ...place },
    resolver: { nameservers: [address], searches },
    ...task,
  });
  namespaces.push(...scene.namespaces);
  return scene;
}

interface Place {
  dns: OwnDnsOptions;
  kind: TargetKind;
  target: Omit<TargetRef, "namespace" | "kind">;
  task?: Partial<Task>;
  /** ConfigMaps beside the Corefile's, as the platform makes them. */
  beside?: Record<string, Record<string, string>>;
}

const places: Record<string, Place> = {
  "another key of another ConfigMap, behind a Service without the usual label": {
    dns: {
      corefile: { name: "my-dns", key: "Main", text: DEFAULT_BLOCK },
      name: "resolver",
      isLabelled: false,
    },
    kind: "coredns",
    target: { name: "my-dns", key: "Main" },
    task: { clusterDnsService: "resolver" },
  },
  "LKE, where coredns-custom is not there yet": {
    dns: { corefile: { name: "coredns-base", text: IMPORTING }, custom: "coredns-custom" },
    kind: "corednsCustom",
    target: { name: "coredns-custom", key: "egress.server" },
  },
  "kubespray's NodeLocal DNSCache": {
    dns: { corefile: { name: "nodelocaldns", text: DEFAULT_BLOCK } },
    kind: "nodeLocalDns",
    target: { name: "nodelocaldns" },
  },
  "CoreWeave's NodeLocal DNSCache": {
    dns: {
      corefile: { name: "node-local-dns", text: IMPORTING },
      custom: "node-local-dns-overrides",
    },
    kind: "nodeLocalDnsCustom",
    target: { name: "node-local-dns-overrides", key: "egress.server" },
    beside: { "node-local-dns-overrides": { "placeholder.server": "# reserved\n" } },
  },
};

describe("a stub domain in another place, by its controller and a real CoreDNS", { concurrency: 2 }, () => {
  for (const [name, { dns: options, kind, target, task, beside = {} }] of Object.entries(places)) {
    it(`serves, and is gone without a trace afterwards: ${name}`, async () => {
      const dns = await dnsOf(options);
      for (const [map, data] of Object.entries(beside)) await dns.configure(map, data);
      const untouched = await dns.data(target.name);
      const scene = await controllerFor(dns, kind, target, task);
      await scene.rolledOut();
      assert.equal(await dns.data(target.name), untouched, "nothing is written before the anchor is there");
      assert.equal(await scene.resolve("listed.egress.local", "A"), "ENOTFOUND");

      await scene.createAnchor();
      await scene.applied();
      assert.equal(await scene.resolve("listed.egress.local", "A"), '["192.0.2.1"]');
      assert.equal(await scene.resolve("unlisted.egress.local", "A"), "ENOTFOUND");

      await scene.deleteAnchor();
      assert.equal(await dns.data(target.name), untouched);
      assert.equal(await scene.resolve("listed.egress.local", "A"), "ENOTFOUND");
    });
  }
});

describe("what is found before anything is written", { concurrency: 2 }, () => {
  it("is a wildcard record in a search domain of the nodes", async () => {
    const wildcard = `corp.example:53 {\n    template IN A {\n        answer "{{ .Name }} 60 IN A 203.0.113.7"\n    }\n}\n`;
    const dns = await dnsOf({ corefile: { name: "coredns", text: DEFAULT_BLOCK + wildcard } });
    const untouched = await dns.data("coredns");
    const scene = await controllerFor(dns, "coredns", { name: "coredns" }, { search: "corp.example" });
    assert.match(
      await scene.lastWords(),
      /would go to a stranger: .* answers 203\.0\.113\.7 for _k8s-egress\.egress\.local\.corp\.example: pods try the search domain "corp\.example".*final dot.*ndots: 2$/,
    );
    assert.equal(await dns.data("coredns"), untouched);
  });

  it("is a Corefile that is left over beside kube-dns", async () => {
    const dns = await dnsOf({ corefile: { name: "whatever", text: DEFAULT_BLOCK }, name: "kube-dns" });
    await dns.configure("coredns", { Corefile: DEFAULT_BLOCK });
    const untouched = await dns.data("coredns");
    const scene = await controllerFor(dns, "coredns", { name: "coredns" });
    assert.match(
      await scene.lastWords(),
      /this cluster's DNS is kube-dns, by the names of the pods.* does not read ConfigMap own-dns-\w+\/coredns, which is only left over: delete it: set dns\.target: "kubeDns"$/,
    );
    assert.equal(await dns.data("coredns"), untouched);
  });
});

describe("a neighbour's key that CoreDNS can't load", () => {
  it("has the stub domain taken back once; it comes when the key is corrected, and not before", async () => {
    const dns = await dnsOf({
      corefile: { name: "coredns", text: IMPORTING },
      custom: "coredns-custom",
    });
    // What this plugin's arguments mean is known to CoreDNS alone, so it is not found before the write.
    const neighbour = (option: string) => ({
      "neighbour.server": `bad.example:53 {\n    cache 30 {\n        ${option}\n    }\n}\n`,
    });
    await dns.configure("coredns-custom", neighbour("nonsense"));
    const pod = (await dns.run("get", "pods", "-n", dns.namespace, "-o", "name")).trim().replace("pod/", "");
    const metrics = `/api/v1/namespaces/${dns.namespace}/pods/${pod}:9153/proxy/metrics`;
    await until("CoreDNS to reject the neighbour's key", async () =>
      /^coredns_reload_failed_total [1-9]/m.test(await dns.run("get", "--raw", metrics)),
    );
    const untouched = await dns.data("coredns-custom");

    const target = { name: "coredns-custom", key: "egress.server" };
    const scene = await controllerFor(dns, "corednsCustom", target, { proofTimeout: 20 });
    await scene.rolledOut();
    await scene.createAnchor();
    const words = await scene.lastWords();
    assert.match(words, /These replicas did not load the changed file: [\d.]+ \(\d+ failed reloads\)/);
    assert.match(words, /not tried again before the configuration or the pods of the cluster's DNS change/);
    assert.equal(await dns.data("coredns-custom"), untouched);

    const version = () =>
      dns.run(
        "get",
        "configmap",
        "coredns-custom",
        "-n",
        dns.namespace,
        "-o",
        "jsonpath={.metadata.resourceVersion}",
      );
    const reverted = await version();
    // Longer than the container's first restarts.
    await sleep(45_000);
    assert.equal(await version(), reverted, "it is not written again while nothing changes");

    await dns.configure("coredns-custom", neighbour("success 100"));
    await scene.applied();
    assert.equal(await scene.resolve("listed.egress.local", "A"), '["192.0.2.1"]');
    await scene.deleteAnchor();
  });
});
