import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { EgressLockdown, type EgressLockdownArgs, EgressProxy } from "../../index";
import { type Registered, runProgram } from "../harness/monitor";
import { type Endpoint, NetworkPolicyModel, type Pod } from "./support/network-policy-model";

const args: EgressLockdownArgs = {
  namespaces: ["shop", "reports"],
  destinations: [{ cidr: "10.0.0.1/32", ports: [6443] }],
};

async function program(more: Partial<EgressLockdownArgs> = {}): Promise<Registered[]> {
  const { resources } = await runProgram(() => {
    new EgressLockdown("lockdown", { ...args, ...more });
  });
  return resources;
}

const named = (resources: Registered[]) => resources.map(({ type, name }) => `${type} ${name}`).sort();

/** Of one kind, by the children's names. */
function inputs<T>(resources: Registered[], kind: string): Record<string, T> {
  return Object.fromEntries(
    resources.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ name, inputs }) => [name, inputs as T]),
  );
}

interface EgressNetwork {
  metadata: { name?: string; namespace: string };
  spec: { trafficPolicy: string; networks?: { cidr: string }[] };
}

interface TlsRoute {
  apiVersion: string;
  metadata: { name: string; namespace: string };
  spec: { parentRefs: object[]; hostnames: string[]; rules: object[] };
}

interface Binding {
  spec: {
    policyName: string;
    validationActions: string[];
    matchResources: { namespaceSelector: { matchExpressions: object[] } };
  };
}

describe("EgressLockdown's children", () => {
  // Type tokens and names are API: another name replaces a live object. A change here needs aliases.
  it("have frozen types and names", async () => {
    assert.deepEqual(named(await program()), [
      "k8s-egress:index:EgressLockdown lockdown",
      "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy lockdown-namespaces",
      "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy lockdown-pods",
      "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding lockdown-namespaces",
      "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding lockdown-pods",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy lockdown-reports",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy lockdown-shop",
      "kubernetes:policy.linkerd.io/v1alpha1:EgressNetwork lockdown-reports",
      "kubernetes:policy.linkerd.io/v1alpha1:EgressNetwork lockdown-reports.destinations",
      "kubernetes:policy.linkerd.io/v1alpha1:EgressNetwork lockdown-shop",
      "kubernetes:policy.linkerd.io/v1alpha1:EgressNetwork lockdown-shop.destinations",
    ]);
  });

  it("never share a name, whatever the namespaces are called", async () => {
    const namespaces = ["tls", "shop", "shop-destinations", "shop-tls", "pods"];
    const names = named(await program({ namespaces, mode: "audit" }));
    assert.equal(new Set(names).size, names.length);
  });

  it("have no Linkerd where there is none, and no policy of admission where it is not wanted", async () => {
    const without = named(await program({ mesh: { enabled: false } })).join("\n");
    assert.doesNotMatch(without, /EgressNetwork|lockdown-namespaces/);
    assert.match(without, /NetworkPolicy lockdown-shop\b/);
    assert.match(without, /ValidatingAdmissionPolicy lockdown-pods\b/);
    assert.doesNotMatch(named(await program({ admissionPolicy: false })).join("\n"), /Admission/);
  });

  it("are named in each namespace, and left to Pulumi where other stacks' could be named alike", async () => {
    const resources = await program();
    const networks = inputs<EgressNetwork>(resources, "EgressNetwork");
    assert.deepEqual(networks["lockdown-shop"]!.metadata.name, "lockdown");
    for (const kind of ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"]) {
      for (const { metadata } of Object.values(inputs<EgressNetwork>(resources, kind)))
        assert.equal(metadata.name, undefined);
    }
  });

  it("carry the user's labels and ours", async () => {
    for (const { type, inputs } of await program({
      labels: { team: "shop", "app.kubernetes.io/name": "x" },
    })) {
      if (!type.startsWith("kubernetes:")) continue;
      const { labels } = (inputs as { metadata: { labels: Record<string, string> } }).metadata;
      assert.equal(labels.team, "shop");
      assert.equal(labels["app.kubernetes.io/name"], "egress-lockdown");
    }
  });
});

describe("an enforced EgressLockdown", () => {
  it("denies what passes sidecars but for destinations", async () => {
    const networks = inputs<EgressNetwork>(await program(), "EgressNetwork");
    for (const namespace of ["shop", "reports"]) {
      assert.deepEqual(networks[`lockdown-${namespace}`]!.spec, { trafficPolicy: "Deny" });
      assert.deepEqual(networks[`lockdown-${namespace}.destinations`]!.spec, {
        trafficPolicy: "Allow",
        networks: [{ cidr: "10.0.0.1/32" }],
      });
    }
  });

  it("lets the API server refuse, in its namespaces only", async () => {
    const bindings = inputs<Binding>(await program(), "ValidatingAdmissionPolicyBinding");
    for (const { spec } of Object.values(bindings)) {
      assert.deepEqual(spec.validationActions, ["Deny", "Audit"]);
      assert.deepEqual(spec.matchResources.namespaceSelector.matchExpressions, [
        { key: "kubernetes.io/metadata.name", operator: "In", values: ["shop", "reports"] },
      ]);
    }
  });
});

describe("an audited EgressLockdown", () => {
  it("blocks nothing: allows and counts, warns, and has no NetworkPolicy", async () => {
    const resources = await program({ mode: "audit" });
    const networks = Object.values(inputs<EgressNetwork>(resources, "EgressNetwork"));
    assert.equal(networks.length, 4);
    for (const { spec } of networks) assert.equal(spec.trafficPolicy, "Allow");
    for (const { spec } of Object.values(inputs<Binding>(resources, "ValidatingAdmissionPolicyBinding")))
      assert.deepEqual(spec.validationActions, ["Warn", "Audit"]);
    assert.deepEqual(inputs(resources, "NetworkPolicy"), {});
  });

  it("makes sidecars read the server name of TLS connections, by a route that no host's name takes", async () => {
    const routes = inputs<TlsRoute>(await program({ mode: "audit" }), "TLSRoute");
    assert.deepEqual(Object.keys(routes), ["lockdown-shop.tls", "lockdown-reports.tls"]);
    const { apiVersion, metadata, spec } = routes["lockdown-shop.tls"]!;
    assert.equal(apiVersion, "gateway.networking.k8s.io/v1alpha2");
    assert.deepEqual([metadata.namespace, metadata.name], ["shop", "lockdown"]);
    const network = { group: "policy.linkerd.io", kind: "EgressNetwork", name: "lockdown", port: 443 };
    assert.deepEqual(spec.parentRefs, [network]);
    assert.deepEqual(spec.rules, [{ backendRefs: [network] }]);
    for (const host of spec.hostnames) assert.match(host, /\.invalid$/);
  });

  it("has no TLSRoute where none is wanted", async () => {
    const without = named(await program({ mode: "audit", mesh: { tlsRoutes: false } })).join("\n");
    assert.match(without, /EgressNetwork/);
    assert.doesNotMatch(without, /TLSRoute/);
  });

  it("becomes an enforced one without any object's going but its TLSRoutes, whose name would be a way out", async () => {
    const [audited, enforced] = [named(await program({ mode: "audit" })), named(await program())];
    assert.deepEqual(
      audited.filter((child) => !enforced.includes(child)),
      ["reports", "shop"].map(
        (namespace) => `kubernetes:gateway.networking.k8s.io/v1alpha2:TLSRoute lockdown-${namespace}.tls`,
      ),
    );
  });
});

// What is asserted holds whichever way a network plugin reads ranges of addresses.
for (const rangesMeanPods of [true, false]) {
  describe(`a locked namespace, ${rangesMeanPods ? "ranges mean pods too" : "ranges never mean pods"}`, () => {
    let model: NetworkPolicyModel;
    const may = (from: Endpoint, to: Endpoint, port: number, protocol?: "UDP") =>
      model.mayReach(from, to, port, protocol);
    const pod = (namespace: string, labels: Record<string, string> = {}): Pod => ({
      namespace,
      labels,
      ip: "10.244.0.9",
    });
    const app = pod("shop", { any: "label" });
    const proxy = pod("egress", {
      "app.kubernetes.io/name": "egress-proxy",
      "app.kubernetes.io/instance": "egress",
    });
    const image = `registry.example.com/egress@sha256:${"a".repeat(64)}`;

    before(async () => {
      const { resources } = await runProgram(() => {
        new EgressProxy("egress", { upstreams: [{ host: "api.stripe.com" }], image });
        new EgressLockdown("lockdown", args);
      });
      model = new NetworkPolicyModel(resources, rangesMeanPods);
    });

    it("reaches third parties through the proxy only", () => {
      for (const ip of ["54.187.174.169", "2606:4700::1111", "169.254.169.254"]) {
        for (const port of [80, 443]) assert.ok(!may(app, { ip }, port), ip);
        assert.ok(!may(app, { ip }, 53, "UDP"), ip);
      }
      assert.ok(may(app, proxy, 8080));
      assert.ok(may(proxy, { ip: "54.187.174.169" }, 443));
    });

    it("reaches every pod, the cluster's DNS and Linkerd among them", () => {
      for (const namespace of ["shop", "reports", "elsewhere", "linkerd"])
        assert.ok(may(app, pod(namespace), 5432), namespace);
      assert.ok(may(app, pod("kube-system", { "k8s-app": "kube-dns" }), 53, "UDP"));
      assert.ok(may(app, { ip: "169.254.20.10" }, 53, "UDP"));
      assert.ok(!may(app, { ip: "169.254.20.10" }, 443));
    });

    it("reaches its destinations on their ports, and no other address of the nodes' network", () => {
      assert.ok(may(app, { ip: "10.0.0.1" }, 6443));
      assert.ok(!may(app, { ip: "10.0.0.1" }, 443));
      assert.ok(!may(app, { ip: "10.0.0.2" }, 6443));
      assert.ok(!may(app, { ip: "192.168.0.10" }, 10250));
    });

    it("leaves other namespaces and what comes in alone", () => {
      assert.ok(may(pod("elsewhere"), { ip: "54.187.174.169" }, 443));
      assert.ok(may({ ip: "192.0.2.9" }, app, 8080));
      assert.ok(may(pod("elsewhere"), app, 8080));
    });
  });
}

describe("EgressLockdown", () => {
  it("gives its namespaces as an output, and has no other field, because schema inference would make it one", async () => {
    const { result } = await runProgram(() => {
      const lockdown = new EgressLockdown("lockdown", args);
      const fields = Object.keys(lockdown)
        .filter((key) => !key.startsWith("__"))
        .sort();
      return { fields, namespaces: lockdown.namespaces };
    });
    assert.deepEqual(result, { fields: ["namespaces", "urn"], namespaces: ["shop", "reports"] });
  });

  it("reports every mistake in one ResourceError and creates nothing", async () => {
    const registered: string[] = [];
    await assert.rejects(
      runProgram(
        () => new EgressLockdown("lockdown", { namespaces: ["kube-system"], proxyNamespace: "A" }),
        ({ name }) => {
          registered.push(name);
          return Promise.resolve({ id: name, state: {} });
        },
      ),
      (error: unknown) => {
        assert.ok(error instanceof pulumi.ResourceError);
        assert.match(error.message, /proxyNamespace: .*\n.*namespaces\[0\]: /);
        return true;
      },
    );
    assert.deepEqual(registered, []);
  });

  it("passes its providers on to every child", async () => {
    const { resources } = await runProgram(() => {
      const cluster = new k8s.Provider("cluster", { kubeconfig: "{}" });
      new EgressLockdown("lockdown", args, { providers: { kubernetes: cluster } });
    });
    const ofKubernetes = resources.filter(({ type }) => type.startsWith("kubernetes:"));
    assert.equal(ofKubernetes.length, 10);
    for (const { name, provider } of ofKubernetes) assert.match(provider, /::cluster::/, name);
  });
});
