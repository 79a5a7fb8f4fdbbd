import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type * as pulumi from "@pulumi/pulumi";
import { type Dns, type DnsTarget, EgressProxy, type EgressProxyArgs } from "../../index";
import { readArgs } from "../../proxy-image/src/stubdomain/args";
import type { TargetRef } from "../../proxy-image/src/contract/stub-domain/target-ref";
import { neededRights } from "../../proxy-image/src/contract/stub-domain/rights";
import { type Registered, runProgram } from "../harness/monitor";

const IMAGE = `registry.example.com/egress@sha256:${"0".repeat(64)}`;

interface StubDomainObject {
  kind: string;
  child: string;
  inputs: {
    metadata: { name: string; namespace?: string; labels?: Record<string, string> };
    rules?: { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }[];
    subjects?: { name: string; namespace: string }[];
    roleRef?: { name: string };
    spec?: { selector: { matchLabels: object }; template: { spec: { containers: { args: string[] }[] } } };
  };
}

/** What belongs to the stub domain's controllers, and with which options it was registered. */
async function stubDomain(more: Partial<EgressProxyArgs> = {}) {
  const options = new Map<string, pulumi.CustomResourceOptions>();
  const { resources } = await runProgram(() => {
    const transformation: pulumi.ResourceTransformation = ({ type, name, opts }) => {
      options.set(`${type} ${name}`, opts);
      return undefined;
    };
    new EgressProxy(
      "egress",
      { upstreams: [{ host: "api.stripe.com" }], image: IMAGE, ...more },
      { transformations: [transformation] },
    );
  });
  const objects = resources
    .filter(({ name }) => name.includes("-stub-domain"))
    .map(({ type, name, inputs }: Registered) => ({ kind: type.split(":")[2]!, child: name, inputs }));
  return { objects: objects as unknown as StubDomainObject[], options };
}

const named = (objects: StubDomainObject[], kind: string) => objects.filter((object) => object.kind === kind);
const containerArgs = ({ inputs }: StubDomainObject) =>
  inputs.spec!.template.spec.containers[0]!.args.slice(1);

/** `verbs resources names in namespace`, a line each. */
function granted(objects: StubDomainObject[]): string[] {
  return objects
    .filter(({ kind }) => kind === "Role" || kind === "ClusterRole")
    .flatMap(({ inputs: { metadata, rules } }) =>
      rules!.map(({ apiGroups, resources, resourceNames = ["*"], verbs }) => {
        const what = [...resources, ...apiGroups].filter((part) => part !== "").join(".");
        return `${metadata.namespace ?? "cluster"}: ${verbs.join("+")} ${what} ${resourceNames.join(" ")}`;
      }),
    )
    .sort();
}

/** The removal gate beside the target. */
const GATE = (target: string) => `egress-stub-domain.egress-${target}`;

const OWN = (target: string) => [
  "egress-stub-domain: create events *",
  `egress-stub-domain: get+patch configmaps egress-${target}`,
  "egress: get services egress-dns",
];

/** All that each target's controller may do. A line more is a right more in somebody's cluster. */
const rights: Record<DnsTarget, string[]> = {
  coredns: [
    ...OWN("kube-system-coredns"),
    "kube-system: get configmaps coredns-base workload-coredns kube-dns node-local-dns nodelocaldns rke2-coredns-rke2-coredns",
    `kube-system: get+patch configmaps coredns ${GATE("kube-system-coredns")}`,
    "kube-system: list endpointslices.discovery.k8s.io *",
  ],
  corednsCustom: [
    ...OWN("kube-system-coredns-custom"),
    "kube-system: create configmaps *",
    "kube-system: get configmaps coredns coredns-base workload-coredns kube-dns node-local-dns nodelocaldns rke2-coredns-rke2-coredns",
    `kube-system: get+patch configmaps ${GATE("kube-system-coredns-custom")}`,
    "kube-system: get+patch+delete configmaps coredns-custom",
    "kube-system: list endpointslices.discovery.k8s.io *",
  ],
  kubeDns: [
    ...OWN("kube-system-kube-dns"),
    "kube-system: create configmaps *",
    "kube-system: get configmaps coredns coredns-base workload-coredns node-local-dns nodelocaldns rke2-coredns-rke2-coredns",
    `kube-system: get+patch configmaps ${GATE("kube-system-kube-dns")}`,
    "kube-system: get+patch+delete configmaps kube-dns",
    "kube-system: list endpointslices.discovery.k8s.io *",
  ],
  openshift: [
    ...OWN("openshift-dns-default"),
    "cluster: get+patch dnses.operator.openshift.io default",
    `openshift-dns: get+patch configmaps ${GATE("openshift-dns-default")}`,
    "openshift-dns: list endpointslices.discovery.k8s.io *",
  ],
  nodeLocalDns: [
    ...OWN("kube-system-node-local-dns"),
    `kube-system: get+patch configmaps node-local-dns ${GATE("kube-system-node-local-dns")}`,
  ],
};

const targets = Object.keys(rights) as DnsTarget[];

describe("the stub domain's controller", () => {
  for (const target of targets) {
    it(`has for ${target} exactly these rights, which are the ones that it asks for`, async () => {
      const { objects } = await stubDomain({ dns: { target } });
      assert.deepEqual(granted(objects), rights[target].sort());
      const [controller] = named(objects, "Deployment");
      const { spec } = readArgs(containerArgs(controller!));
      assert.equal(spec.target.kind, target);
      const single = granted(objects).flatMap((line) => {
        const [namespace, verbs, what, ...names] = line.split(/:? /);
        return names.flatMap((name) =>
          verbs!.split("+").map((verb) => `${namespace} ${verb} ${what} ${name}`),
        );
      });
      const needed = neededRights(spec).map(({ verb, group, resource, namespace, name = "*" }) => {
        const what = group === "" ? resource : `${resource}.${group}`;
        return `${namespace === "" ? "cluster" : namespace} ${verb} ${what} ${name}`;
      });
      assert.deepEqual(single.sort(), needed.sort());
    });
  }

  it("has for NodeLocal DNSCache another controller with rights of its own", async () => {
    const { objects } = await stubDomain({ dns: { target: "corednsCustom", nodeLocalDns: true } });
    const own = objects.filter(({ child }) => child.includes("node-local-dns"));
    assert.deepEqual(granted(own), rights.nodeLocalDns.toSorted());
    const [main, cache] = named(objects, "Deployment").sort((one, other) =>
      one.child.localeCompare(other.child),
    );
    assert.equal(cache?.child, "egress-stub-domain-node-local-dns");
    assert.notDeepEqual(main?.inputs.spec!.selector.matchLabels, cache.inputs.spec!.selector.matchLabels);
    const isBehindCache = [main, cache].map(
      (controller) => readArgs(containerArgs(controller!)).spec.behindCache,
    );
    assert.deepEqual(isBehindCache, [true, undefined]);
  });

  const places: [name: string, dns: Dns, expected: Partial<TargetRef>, rights: string[]][] = [
    [
      "another Corefile",
      { configMap: { name: "own", namespace: "dns", key: "File" } },
      { kind: "coredns", namespace: "dns", name: "own", key: "File" },
      [
        "dns: get configmaps kube-dns node-local-dns nodelocaldns rke2-coredns-rke2-coredns",
        "dns: get+patch configmaps own",
        "dns: list endpointslices.discovery.k8s.io *",
      ],
    ],
    [
      "another ConfigMap that another Corefile imports",
      { target: "corednsCustom", configMap: { name: "extra", key: "egress.custom", corefile: "base" } },
      { kind: "corednsCustom", name: "extra", key: "egress.custom", corefile: "base" },
      ["kube-system: get+patch+delete configmaps extra", "kube-system: create configmaps *"],
    ],
    [
      "kubespray's NodeLocal DNSCache",
      { nodeLocalDns: true, nodeLocalConfigMap: { name: "nodelocaldns" } },
      { kind: "nodeLocalDns", name: "nodelocaldns" },
      ["kube-system: get+patch configmaps nodelocaldns"],
    ],
    [
      "CoreWeave's NodeLocal DNSCache alone",
      {
        target: "nodeLocalDns",
        nodeLocalConfigMap: { name: "node-local-dns-overrides", format: "imported" },
      },
      { kind: "nodeLocalDnsCustom", name: "node-local-dns-overrides", key: "egress.server" },
      [
        "kube-system: get configmaps node-local-dns",
        "kube-system: get+patch configmaps node-local-dns-overrides",
      ],
    ],
    [
      "IBM's NodeLocal DNSCache",
      {
        nodeLocalDns: true,
        nodeLocalConfigMap: { name: "node-local-dns-config", format: "stubDomains" },
      },
      { kind: "nodeLocalStubDomains", name: "node-local-dns-config" },
      [
        "kube-system: create configmaps *",
        "kube-system: get configmaps node-local-dns",
        "kube-system: get+patch+delete configmaps node-local-dns-config",
      ],
    ],
  ];
  for (const [name, dns, expected, lines] of places) {
    it(`has rights to the ConfigMap that is named, and to no other: ${name}`, async () => {
      const { objects } = await stubDomain({ dns });
      const specs = named(objects, "Deployment").map(
        (controller) => readArgs(containerArgs(controller)).spec,
      );
      const spec = specs.find(({ target }) => target.kind === expected.kind)!;
      assert.deepEqual({ ...spec.target, ...expected }, spec.target);
      const gate = / egress-stub-domain\.egress-\S+$/;
      const all = granted(objects).map((line) => line.replace(gate, ""));
      for (const line of lines) assert.ok(all.includes(line), `${line}\n${all.join("\n")}`);
      const patched = all.filter((line) => /patch.*configmaps ./.test(line) && !line.includes("egress-stub"));
      assert.equal(patched.length, specs.length);
    });
  }

  it("asks for the Service of the cluster's DNS that is named, not a cache's", async () => {
    const { objects } = await stubDomain({ dns: { service: "coredns", nodeLocalDns: true } });
    const services = named(objects, "Deployment").map((controller) => {
      const { target, clusterDnsService } = readArgs(containerArgs(controller)).spec;
      return [target.kind, clusterDnsService];
    });
    assert.deepEqual(Object.fromEntries(services), { coredns: "coredns", nodeLocalDns: undefined });
  });

  it("binds each role to its own account and no other", async () => {
    for (const target of targets) {
      const { objects } = await stubDomain({ dns: { target } });
      const [account] = named(objects, "ServiceAccount");
      const bindings = objects.filter(({ kind }) => kind.endsWith("RoleBinding"));
      const roles = objects.filter(({ kind }) => kind === "Role" || kind === "ClusterRole");
      assert.equal(bindings.length, roles.length);
      for (const { inputs } of bindings) {
        assert.deepEqual(inputs.subjects, [
          { kind: "ServiceAccount", name: account!.inputs.metadata.name, namespace: "egress-stub-domain" },
        ]);
      }
    }
  });
});

/** Kubernetes' names of everything, by kind and Pulumi's name. */
const namesOf = (objects: StubDomainObject[]) =>
  new Map(
    objects.map(({ kind, child, inputs: { metadata } }) => [
      `${kind} ${child}`,
      `${metadata.namespace ?? ""}/${metadata.name}`,
    ]),
  );

describe("the removal gate", () => {
  it("is beside the target, where deleting the controller's namespace leaves it, and goes before the anchor", async () => {
    const { objects, options } = await stubDomain();
    const gate = objects.find(({ child }) => child === "egress-stub-domain-removal-gate")!;
    const { namespace, name, labels } = gate.inputs.metadata;
    assert.deepEqual([namespace, name], ["kube-system", GATE("kube-system-coredns")]);
    assert.equal(labels?.["k8s-egress/removal-gate"], "stub-domain");
    const { dependsOn, customTimeouts } = options.get(
      "kubernetes:core/v1:ConfigMap egress-stub-domain-removal-gate",
    )!;
    // A minute with the rest of the deletion.
    assert.equal(customTimeouts?.delete, "50s");
    const anchors = (dependsOn as unknown as { __name: string }[]).map(({ __name }) => __name);
    // The controller too: at a hand-over the old anchor is gone when Pulumi orders the last deletions.
    assert.deepEqual(anchors, ["egress-stub-domain", "egress-stub-domain"]);
  });
});

describe("the hand-over from one controller to the next", () => {
  const changes: [name: string, before: Partial<EgressProxyArgs>, after: Partial<EgressProxyArgs>][] = [
    ["of target", { dns: { target: "coredns" } }, { dns: { target: "corednsCustom" } }],
    [
      "of the target's ConfigMap",
      { dns: { target: "corednsCustom" } },
      { dns: { target: "corednsCustom", configMap: { name: "other" } } },
    ],
    [
      "of the target's key",
      { dns: { target: "corednsCustom" } },
      { dns: { target: "corednsCustom", configMap: { key: "other.server" } } },
    ],
    ["of namespace", { namespace: "egress" }, { namespace: "out" }],
    [
      "of the controller's namespace",
      { dns: { controllerNamespace: "one" } },
      { dns: { controllerNamespace: "two" } },
    ],
  ];
  for (const [name, before, after] of changes) {
    it(`after a change ${name} leaves the old one all it needs until its anchor is gone`, async () => {
      const [old, next] = [await stubDomain(before), await stubDomain(after)];
      const names = namesOf(next.objects);
      for (const [object, identity] of namesOf(old.objects)) {
        // What is the same for all controllers of a namespace, whatever their target.
        if (/^(Namespace|NetworkPolicy) /.test(object)) continue;
        // The same name would be the same object, updated before the old anchor is deleted.
        assert.notEqual(names.get(object), identity, object);
      }
      const anchor = next.options.get("kubernetes:core/v1:ConfigMap egress-stub-domain");
      assert.equal(anchor?.deleteBeforeReplace, true);
      const owners = [old, next].map(({ objects }) => {
        const [controller] = named(objects, "Deployment");
        return readArgs(containerArgs(controller!)).spec.owner;
      });
      assert.match(owners[0]!, /^[0-9a-f]{8}$/);
      assert.equal(owners[0], owners[1]);
    });
  }

  it("after a change of domain is one of arguments only", async () => {
    const [old, next] = [await stubDomain(), await stubDomain({ domain: "egress.example" })];
    assert.deepEqual(namesOf(old.objects), namesOf(next.objects));
    assert.deepEqual(granted(old.objects), granted(next.objects));
  });

  it("needs no names that meet, wherever the controllers are", async () => {
    const { objects } = await stubDomain({
      namespace: "platform",
      createNamespace: false,
      dns: { controllerNamespace: "platform", nodeLocalDns: true },
    });
    const all = objects.map(
      ({ kind, inputs: { metadata } }) => `${kind} ${metadata.namespace}/${metadata.name}`,
    );
    assert.equal(new Set(all).size, all.length);
  });
});
