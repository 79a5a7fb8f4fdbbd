import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { EgressProxy, type EgressProxyArgs } from "../../index";
import { NEVER_ALLOWED } from "../../proxy-image/src/contract/policy/never-allowed";
import { SPECIAL_RANGES } from "../../proxy-image/src/contract/policy/special-ranges";
import { type Registered, runProgram } from "../harness/monitor";
import { type Endpoint, NetworkPolicyModel, type Pod } from "./support/network-policy-model";

const args: EgressProxyArgs = {
  upstreams: [
    { host: "api.stripe.com" },
    { host: "billing.example.net", port: 8443, allowedCidrs: ["10.20.1.1/16"] },
    { host: "shared.example.net", allowedCidrs: ["100.64.0.0/10"] },
  ],
  image: `registry.example.com/egress@sha256:${"a".repeat(64)}`,
};

/** Pods as the Deployments label them. */
const part = (name: string, namespace = "egress"): Pod => ({
  namespace,
  labels: { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": "egress", more: "labels" },
  ip: "10.244.0.7",
});
const proxy = part("egress-proxy");
const egressDns = part("egress-dns");
const controller = part("egress-stub-domain", "egress-stub-domain");

const pod = (namespace: string, labels: Record<string, string> = {}): Pod => ({
  namespace,
  labels,
  ip: "10.244.0.9",
});
const app = pod("shop");
const clusterDns = pod("kube-system", { "k8s-app": "kube-dns" });
const identity = pod("linkerd", { "linkerd.io/control-plane-component": "identity" });
const prometheus = pod("monitoring");
const stripe = { ip: "54.187.174.169" };
const node = { ip: "192.168.0.10" };

async function program(more: Partial<EgressProxyArgs> = {}): Promise<Registered[]> {
  const { resources } = await runProgram(() => {
    new EgressProxy("egress", { ...args, ...more });
  });
  return resources;
}

// What is asserted holds whichever way a network plugin reads ranges of addresses.
for (const rangesMeanPods of [true, false]) {
  describe(`NetworkPolicies, ${rangesMeanPods ? "ranges mean pods too" : "ranges never mean pods"}`, () => {
    let model: NetworkPolicyModel;
    const may = (from: Endpoint, to: Endpoint, port: number, protocol?: "UDP") =>
      model.mayReach(from, to, port, protocol);

    before(async () => {
      const monitoring = { namespaces: ["monitoring"] };
      model = new NetworkPolicyModel(await program({ monitoring }), rangesMeanPods);
    });

    it("let every pod call the proxy, and nobody from outside", () => {
      assert.ok(may(app, proxy, 8080));
      assert.ok(!may(stripe, proxy, 8080));
      assert.ok(!may(node, proxy, 8080));
    });

    it("let meshed pods call it, whose sidecars connect to its sidecar", () => {
      const meshed = { ...app, meshed: true };
      assert.ok(may(meshed, { ...proxy, meshed: true }, 8080));
      assert.ok(!may({ ...proxy, meshed: true }, meshed, 8080), "the proxy calls no pod");
      assert.ok(!may(stripe, proxy, 4143));
    });

    it("leave the ports of metrics to monitoring, the sidecar's among them", () => {
      for (const port of [9090, 4191]) {
        assert.ok(may(prometheus, proxy, port));
        assert.ok(!may(app, proxy, port));
      }
      assert.ok(!may(prometheus, proxy, 8443));
    });

    it("let the proxy call public addresses on the upstreams' ports, and no others", () => {
      for (const ip of ["54.187.174.169", "1.1.1.1", "2606:4700::1111"]) {
        assert.ok(may(proxy, { ip }, 443), ip);
        assert.ok(may(proxy, { ip }, 8443), ip);
        assert.ok(!may(proxy, { ip }, 80), ip);
        assert.ok(!may(proxy, { ip }, 443, "UDP"), ip);
      }
    });

    it("let it call nothing that the proxy itself would never dial", () => {
      for (const cidr of [...SPECIAL_RANGES, ...NEVER_ALLOWED.map((never) => never.cidr)]) {
        if (cidr === "100.64.0.0/10") continue;
        const ip = cidr.replace(/\/.*/, "");
        assert.ok(!may(proxy, { ip }, 443), cidr);
      }
    });

    it("let it into an upstream's allowed ranges on that upstream's port, less the metadata service in it", () => {
      assert.ok(may(proxy, { ip: "10.20.255.1" }, 8443));
      assert.ok(!may(proxy, { ip: "10.20.255.1" }, 443));
      assert.ok(!may(proxy, { ip: "10.21.0.1" }, 8443));
      assert.ok(may(proxy, { ip: "100.64.0.1" }, 443));
      assert.ok(!may(proxy, { ip: "100.64.0.1" }, 8443));
      assert.ok(!may(proxy, { ip: "100.100.100.200" }, 443));
    });

    it("let it reach no other pods than cluster DNS and Linkerd's control plane", () => {
      assert.ok(may(proxy, clusterDns, 53, "UDP"));
      assert.ok(may(proxy, clusterDns, 53));
      assert.ok(!may(proxy, clusterDns, 9153));
      for (const port of [8080, 8086, 8090]) assert.ok(may(proxy, identity, port));
      assert.ok(!may(proxy, identity, 4191));
      assert.ok(!may(proxy, app, 443));
      assert.ok(!may(proxy, pod("kube-system"), 53, "UDP"));
      assert.ok(!may(proxy, { ip: "10.0.0.1" }, 6443));
    });

    it("let it ask the nodes' caches and no metadata service", () => {
      for (const ip of ["169.254.20.10", "169.254.10.11"]) assert.ok(may(proxy, { ip }, 53, "UDP"));
      assert.ok(!may(proxy, { ip: "169.254.20.10" }, 80));
      assert.ok(!may(proxy, { ip: "169.254.169.254" }, 80));
    });

    it("let egress-dns be asked by pods, and ask the cluster's DNS only", () => {
      for (const from of [app, clusterDns]) {
        assert.ok(may(from, egressDns, 5353));
        assert.ok(may(from, egressDns, 5353, "UDP"));
        assert.ok(!may(from, egressDns, 8080));
        assert.ok(!may(from, egressDns, 9153));
      }
      assert.ok(may(prometheus, egressDns, 9153));
      assert.ok(!may(stripe, egressDns, 5353, "UDP"));
      assert.ok(may(egressDns, clusterDns, 53, "UDP"));
      for (const to of [stripe, app, proxy, { ip: "8.8.8.8" }]) {
        assert.ok(!may(egressDns, to, 443));
        assert.ok(!may(egressDns, to, 53, "UDP"));
      }
    });

    it("let the controller ask DNS and the API server, and be asked for metrics only", () => {
      assert.ok(may(controller, clusterDns, 53));
      for (const port of [443, 6443]) assert.ok(may(controller, { ip: "10.0.0.1" }, port));
      assert.ok(!may(controller, { ip: "10.0.0.1" }, 80));
      assert.ok(!may(controller, stripe, 53, "UDP"));
      assert.ok(may(prometheus, controller, 8081));
      assert.ok(!may(app, controller, 8081));
    });
  });
}

describe("the arguments about NetworkPolicies", () => {
  const model = async (more: Partial<EgressProxyArgs>) => new NetworkPolicyModel(await program(more), true);

  it("narrow the controller to the API server's own addresses", async () => {
    const networkPolicies = { apiServerCidrs: ["10.0.0.1/32"], apiServerPorts: [16443] };
    const narrowed = await model({ networkPolicies });
    assert.ok(narrowed.mayReach(controller, { ip: "10.0.0.1" }, 16443));
    assert.ok(!narrowed.mayReach(controller, { ip: "10.0.0.1" }, 443));
    assert.ok(!narrowed.mayReach(controller, { ip: "10.0.0.2" }, 16443));
  });

  it("name another DNS, its addresses, and the nodes", async () => {
    const found = await model({
      networkPolicies: {
        clusterDns: {
          namespace: "openshift-dns",
          podLabels: { "dns.operator.openshift.io/daemonset-dns": "default" },
          ports: [5353, 10053],
        },
        dnsAddresses: ["10.96.0.10", "fd00::a"],
        nodeCidrs: ["192.168.0.0/24"],
      },
    });
    const openshift = pod("openshift-dns", { "dns.operator.openshift.io/daemonset-dns": "default" });
    for (const from of [proxy, egressDns, controller]) {
      assert.ok(found.mayReach(from, openshift, 5353, "UDP"));
      assert.ok(found.mayReach(from, openshift, 10053));
      assert.ok(!found.mayReach(from, openshift, 53, "UDP"));
      assert.ok(!found.mayReach(from, clusterDns, 53, "UDP"));
      for (const ip of ["10.96.0.10", "fd00::a"]) assert.ok(found.mayReach(from, { ip }, 53, "UDP"));
      assert.ok(!found.mayReach(from, { ip: "169.254.20.10" }, 53, "UDP"));
    }
    assert.ok(found.mayReach(node, proxy, 8080));
    assert.ok(found.mayReach(node, egressDns, 5353, "UDP"));
    assert.ok(!found.mayReach({ ip: "192.168.1.1" }, proxy, 8080));
  });

  it("open nothing for a sidecar where there is no mesh", async () => {
    const plain = await model({ mesh: { mode: "none" }, monitoring: { namespaces: ["monitoring"] } });
    assert.ok(!plain.mayReach(proxy, identity, 8080));
    assert.ok(!plain.mayReach(prometheus, proxy, 4191));
    assert.ok(!plain.mayReach(app, proxy, 4143));
    assert.ok(plain.mayReach(prometheus, proxy, 9090));
  });

  it("follow the sidecar's admin port", async () => {
    const moved = await model({
      monitoring: { namespaces: ["monitoring"] },
      podAnnotations: pulumi.output({ "config.linkerd.io/admin-port": "4192" }),
    });
    assert.ok(moved.mayReach(prometheus, proxy, 4192));
    assert.ok(!moved.mayReach(prometheus, proxy, 4191));
  });

  it("leave the ports of metrics to nobody by default", async () => {
    const closed = await model({});
    for (const port of [9090, 4191]) assert.ok(!closed.mayReach(prometheus, proxy, port));
    assert.ok(!closed.mayReach(prometheus, controller, 8081));
  });

  it("follow DNS's mode, and can be none", async () => {
    const names = async (more: Partial<EgressProxyArgs>) =>
      (await program(more)).filter(({ type }) => type.endsWith(":NetworkPolicy")).map(({ name }) => name);
    assert.deepEqual((await names({})).sort(), ["egress-dns", "egress-proxy", "egress-stub-domain"]);
    assert.deepEqual((await names({ dns: { mode: "manual" } })).sort(), ["egress-dns", "egress-proxy"]);
    assert.deepEqual(await names({ dns: { mode: "none" } }), ["egress-proxy"]);
    assert.deepEqual(await names({ networkPolicies: { enabled: false } }), []);
  });
});
