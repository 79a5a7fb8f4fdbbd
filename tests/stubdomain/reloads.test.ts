import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { reloadWatch } from "../../proxy-image/src/stubdomain/controller/reload-watch";
import { doubtfulPlugins, requireKnownPlugins } from "../../proxy-image/src/stubdomain/corefile/plugins";
import { type CorednsProcess, readProcess } from "../../proxy-image/src/stubdomain/dns/coredns-process";
import { COREFILES } from "./corefiles";
import { ANCHOR, BLOCK, scene, SPEC, TARGET, type Scene } from "./scene";

const KUBEADM = COREFILES.kubeadm!;
const MINUTE = 60_000;

function coredns(more: Partial<CorednsProcess> = {}): CorednsProcess {
  const plugins = new Set(["cache", "forward", "kubernetes"]);
  return { address: "10.244.0.2", version: "1.12.1", failedReloads: 0, plugins, ...more };
}

describe("the metrics of a CoreDNS process", () => {
  it("say its version, its plugins, and how many reloads failed", () => {
    const text = [
      'coredns_build_info{goversion="go1.26.8",revision="1db4568",version="1.12.1"} 1',
      'coredns_plugin_enabled{name="forward",server="dns://:53",view="",zone="."} 1',
      'coredns_plugin_enabled{name="cache",server="dns://:53",view="",zone="."} 1',
      "coredns_reload_failed_total 2",
    ];
    assert.deepEqual(readProcess("10.244.0.2", text.join("\n")), {
      address: "10.244.0.2",
      version: "1.12.1",
      failedReloads: 2,
      plugins: new Set(["forward", "cache"]),
    });
  });

  it("are not taken from another program", () => {
    assert.equal(readProcess("10.244.0.2", "node_cpu_seconds_total 1\n"), undefined);
  });
});

describe("a plugin in the files", () => {
  it("is refused where a replica's release is older, by name and replica", () => {
    assert.throws(
      () => requireKnownPlugins(["errors", "multisocket"], [coredns(), coredns({ version: "1.11.3" })]),
      /the plugin "multisocket" is unknown to CoreDNS 1\.11\.3 on 10\.244\.0\.2.*take the plugin out/,
    );
    requireKnownPlugins(["errors", "multisocket", "view"], [coredns()]);
    requireKnownPlugins(["multisocket"], [coredns({ version: "2.0.0" })]);
    requireKnownPlugins(["multisocket"], [{ ...coredns(), version: undefined! }]);
  });

  it("is refused where it is of no release, and a replica that does not run it failed to reload", () => {
    assert.throws(() => requireKnownPlugins(["acme"], [coredns({ failedReloads: 1 })]), /"acme" is unknown/);
    const withIt = coredns({ failedReloads: 1, plugins: new Set(["acme"]) });
    requireKnownPlugins(["acme"], [withIt]);
    requireKnownPlugins(["acme"], [coredns()]);
  });

  it("may have the name of a property of all objects", () => {
    for (const name of ["constructor", "toString"]) {
      requireKnownPlugins([name], [coredns()]);
      assert.equal(doubtfulPlugins([name], [coredns()]).length, 1);
    }
  });

  it("is doubtful where it is of no release, and no replica says that it runs it", () => {
    assert.deepEqual(doubtfulPlugins(["errors", "reload", "dynupdate"], []), []);
    assert.deepEqual(doubtfulPlugins(["acme"], [coredns({ plugins: new Set(["acme"]) })]), []);
    for (const processes of [[], [coredns()]]) {
      assert.match(doubtfulPlugins(["acme", "acme"], processes).join(), /^the plugin "acme" belongs to no/);
    }
  });

  it("that is doubtful is an event at the installation", async () => {
    const corefile = KUBEADM.replace("    ready\n", "    ready\n    acme on\n");
    const made = scene(corefile);
    made.cluster.create(ANCHOR, {});
    await made.round();
    const [event] = made.cluster.events.filter(({ reason }) => reason === "ClusterDnsPluginUnknown");
    assert.match(event!.message, /"acme" belongs to no release/);
    assert.equal(made.status()?.state, "serving");
  });
});

describe("a process that can't load its file", () => {
  const at = (minutes: number) => new Date(minutes * MINUTE);
  const failed = (count: number) => [coredns({ failedReloads: count })];

  it("is stale from its failure until the file has changed and loads", () => {
    const watch = reloadWatch();
    assert.deepEqual(watch(failed(3), "1", at(0)), [], "earlier failures may be over");
    assert.deepEqual(watch(failed(4), "2", at(1)), ["10.244.0.2"]);
    assert.deepEqual(watch(failed(4), "2", at(60)), ["10.244.0.2"]);
    assert.deepEqual(watch(failed(4), "3", at(61)), ["10.244.0.2"], "not loaded yet");
    assert.deepEqual(watch(failed(5), "3", at(62)), ["10.244.0.2"], "nor the next one");
    assert.deepEqual(watch(failed(5), "4", at(63)), ["10.244.0.2"]);
    assert.deepEqual(watch(failed(5), "4", at(67)), []);
  });

  it("is forgotten with its pod", () => {
    const watch = reloadWatch();
    watch(failed(0), "1", at(0));
    assert.deepEqual(watch(failed(1), "1", at(1)), ["10.244.0.2"]);
    assert.deepEqual(watch(failed(0), "1", at(2)), [], "a new process");
    watch(failed(1), "1", at(3));
    assert.deepEqual(watch([], "1", at(4)), []);
    assert.deepEqual(watch(failed(1), "1", at(5)), []);
  });
});

async function installed(): Promise<Scene> {
  const made = scene();
  made.cluster.create(ANCHOR, {});
  await made.round();
  return made;
}

const warnings = ({ cluster }: Scene) => cluster.get(ANCHOR).metadata.annotations?.["k8s-egress/warnings"];
const events = ({ cluster }: Scene, reason: string) =>
  cluster.events.filter((event) => event.reason === reason);
const gauge = async ({ world }: Scene, reason: string) =>
  new RegExp(`k8s_egress_stub_domain_warning\\{reason="${reason}"\\} (\\d)`).exec(
    await world.metrics.registry.metrics(),
  )?.[1];

describe("a stub domain that serves", () => {
  it("says that CoreDNS runs with an older configuration than its file, once, until that is over", async () => {
    const made = await installed();
    made.processes.push(coredns());
    await made.round();
    made.processes[0] = coredns({ failedReloads: 1 });
    await made.round();
    await made.round();
    assert.match(warnings(made)!, /CoreDNS on 10\.244\.0\.2 could not load its changed file/);
    assert.match(warnings(made)!, /ConfigMap kube-system\/coredns /);
    assert.equal(events(made, "ClusterDnsStale").length, 1);
    assert.equal(await gauge(made, "ClusterDnsStale"), "1");
    assert.equal(made.status()?.state, "serving");
    made.cluster.touch(TARGET);
    await made.round();
    made.pass(4 * MINUTE);
    await made.round();
    assert.equal(warnings(made), undefined);
    assert.equal(await gauge(made, "ClusterDnsStale"), "0");
  });

  it("notices a NodeLocal DNSCache that is installed later, and its end", async () => {
    const made = await installed();
    const cache = { namespace: "kube-system", name: "node-local-dns" };
    assert.equal(await gauge(made, "NodeLocalDnsAdded"), "0");
    made.cluster.create(cache, { data: { Corefile: COREFILES["NodeLocal, bound to an address"]! } });
    await made.round();
    assert.match(warnings(made)!, /NodeLocal DNSCache.*set dns\.nodeLocalDns: true/);
    assert.equal(events(made, "NodeLocalDnsAdded").length, 1);
    assert.equal(await gauge(made, "NodeLocalDnsAdded"), "1");
    assert.equal(made.status()?.state, "serving");
    made.cluster.delete(cache);
    await made.round();
    assert.equal(warnings(made), undefined);
    assert.equal(await gauge(made, "NodeLocalDnsAdded"), "0");
  });
});

describe("an installation that the cluster's DNS does not load", () => {
  async function givenUp(): Promise<Scene> {
    const made = scene();
    made.cluster.create(ANCHOR, {});
    made.cluster.slices = [{ endpoints: [{ addresses: ["10.244.0.2"] }] }];
    made.processes.push(coredns({ failedReloads: 2 }));
    made.proof.answer = { serves: false, reason: "10.244.0.2 answers NXDOMAIN", unloaded: ["10.244.0.2"] };
    await made.round();
    made.pass(5 * MINUTE);
    assert.equal((await made.round()).kind, "failed");
    return made;
  }

  it("is taken back once, names the replicas, and is not written again while nothing changes", async () => {
    const made = await givenUp();
    const { message } = made.status()!;
    assert.match(message, /did not load the changed file: 10\.244\.0\.2 \(2 failed reloads\)/);
    assert.deepEqual(made.cluster.corefiles, [KUBEADM + BLOCK, KUBEADM]);
    for (let day = 0; day < 3; day++) {
      made.pass(24 * 60 * MINUTE);
      const outcome = await made.round();
      assert.match(
        outcome.kind === "failed" ? outcome.message : "",
        /not tried again before the configuration or the pods of the cluster's DNS change/,
      );
    }
    assert.equal(made.cluster.corefiles.length, 2);
  });

  const changes: [name: string, change: (made: Scene) => void][] = [
    ["the Corefile", ({ cluster }) => cluster.edit(TARGET, "me", `${KUBEADM}# corrected\n`)],
    [
      "the pods of the cluster's DNS",
      ({ cluster }) => (cluster.slices = [{ endpoints: [{ addresses: ["10.244.0.7"] }] }]),
    ],
  ];
  for (const [name, change] of changes) {
    it(`is tried again when something changes: ${name}`, async () => {
      const made = await givenUp();
      change(made);
      made.proof.answer = undefined;
      assert.equal((await made.round()).kind, "idle");
      assert.equal(made.status()?.state, "serving");
    });
  }

  it("is tried again at once for another specification", async () => {
    const made = await givenUp();
    made.proof.answer = undefined;
    assert.equal((await made.round({ ...SPEC, specHash: "abc2" })).kind, "idle");
  });
});
