import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { removeStubDomains } from "../../proxy-image/src/cli/remove-stub-domains";
import { ApiError } from "../../proxy-image/src/stubdomain/cluster/cluster";
import { preflight } from "../../proxy-image/src/stubdomain/controller/preflight";
import { TARGET_SHAPES, type TargetRef } from "../../proxy-image/src/contract/stub-domain/target-ref";
import { apply, kubectl, type Cluster } from "../cluster";
import { type ClusterInUse, useCluster } from "../cluster/shared";
import { COREFILES } from "../stubdomain/corefiles";
import { asked } from "../stubdomain/scene";
import { until } from "./support/wait";
import { clusterDnsSlice, realScene, removeScenes, type RealScene } from "../stubdomain/real-scene";

const K3S = COREFILES["k3s, whose files are imported"]!;
const NODE_LOCAL = COREFILES["NodeLocal, bound to an address"]!;
const STUB_DOMAINS = '{\n  "acme.local": ["1.2.3.4"],\n\t"corp.example":["10.1.1.1" ]\n}\n';

let inUse: ClusterInUse | undefined;
let real: Cluster;
before(async () => {
  inUse = await useCluster();
  real = inUse.cluster;
});
after(async () => {
  await removeScenes(real);
  await kubectl(real, ["delete", "crd", "dnses.operator.openshift.io", "--ignore-not-found"]);
  await inUse?.release();
});

/** As much of OpenShift's DNS as a stub domain meets: cluster-scoped, a list with defaults in its members. */
const CRD = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: {
    name: "dnses.operator.openshift.io",
    annotations: { "api-approved.kubernetes.io": "unapproved, for a test" },
  },
  spec: {
    group: "operator.openshift.io",
    scope: "Cluster",
    names: { kind: "DNS", plural: "dnses", singular: "dns" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                properties: {
                  managementState: { type: "string" },
                  servers: {
                    type: "array",
                    items: {
                      type: "object",
                      properties: {
                        name: { type: "string" },
                        zones: { type: "array", items: { type: "string" } },
                        forwardPlugin: {
                          type: "object",
                          properties: {
                            policy: { type: "string", default: "Random" },
                            protocolStrategy: { type: "string", default: "" },
                            upstreams: { type: "array", maxItems: 15, items: { type: "string" } },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};

interface Case {
  place: (namespace: string) => TargetRef;
  /** Makes what the cluster has before, as its distribution does. */
  prepare: (scene: RealScene) => Promise<unknown>;
}

const applied = (scene: RealScene, objects: object[]) =>
  scene.kubectl(
    ["apply", "--server-side", "--field-manager=addons", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }),
  );
const configMap = (namespace: string, name: string, data?: Record<string, string>) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace, name },
  ...(data ? { data } : {}),
});
const custom = (namespace: string): TargetRef => ({
  kind: "corednsCustom",
  namespace,
  name: "coredns-custom",
  key: "egress.server",
});
const overrides = (namespace: string): TargetRef => ({
  kind: "nodeLocalDnsCustom",
  namespace,
  name: "node-local-dns-overrides",
  key: "egress.server",
});
const kubeDns = (namespace: string): TargetRef => ({ kind: "kubeDns", namespace, name: "kube-dns" });
const openshift = (namespace: string): TargetRef => ({ kind: "openshift", namespace, name: "default" });
const CORP = { name: "corp", zones: ["corp.example"], forwardPlugin: { upstreams: ["10.1.1.1"] } };
const operator = (spec: object) => ({
  apiVersion: "operator.openshift.io/v1",
  kind: "DNS",
  metadata: { name: "default" },
  spec,
});
const importing = ({ spec }: RealScene) => configMap(spec.target.namespace, "coredns", { Corefile: K3S });

const cases: Record<string, Case> = {
  "coredns-custom, not there yet": {
    place: custom,
    prepare: (scene) => applied(scene, [importing(scene)]),
  },
  "coredns-custom, empty": {
    place: custom,
    prepare: (scene) =>
      applied(scene, [importing(scene), configMap(scene.spec.target.namespace, "coredns-custom")]),
  },
  "coredns-custom with keys of others": {
    place: custom,
    prepare: (scene) =>
      applied(scene, [
        importing(scene),
        configMap(scene.spec.target.namespace, "coredns-custom", {
          "a.server": "a.example {\n  whoami\n}\n",
        }),
      ]),
  },
  "kube-dns, not there yet": { place: kubeDns, prepare: () => Promise.resolve() },
  "kube-dns without stubDomains": {
    place: kubeDns,
    prepare: (scene) =>
      applied(scene, [
        configMap(scene.spec.target.namespace, "kube-dns", { upstreamNameservers: '["8.8.8.8"]' }),
      ]),
  },
  "kube-dns with stubDomains": {
    place: kubeDns,
    prepare: (scene) =>
      applied(scene, [configMap(scene.spec.target.namespace, "kube-dns", { stubDomains: STUB_DOMAINS })]),
  },
  "node-local-dns": {
    place: (namespace) => ({ kind: "nodeLocalDns", namespace, name: "node-local-dns" }),
    prepare: (scene) =>
      applied(scene, [configMap(scene.spec.target.namespace, "node-local-dns", { Corefile: NODE_LOCAL })]),
  },
  "a Corefile in another key of another ConfigMap": {
    place: (namespace) => ({ kind: "coredns", namespace, name: "my-dns", key: "Main" }),
    prepare: (scene) =>
      applied(scene, [
        configMap(scene.spec.target.namespace, "my-dns", { Main: COREFILES.kubeadm!, Other: "x" }),
      ]),
  },
  "coredns-custom beside LKE's coredns-base": {
    place: custom,
    prepare: (scene) =>
      applied(scene, [configMap(scene.spec.target.namespace, "coredns-base", { Corefile: K3S })]),
  },
  "node-local-dns-overrides": {
    place: overrides,
    prepare: (scene) => {
      const { namespace } = scene.spec.target;
      return applied(scene, [
        configMap(namespace, "node-local-dns", { Corefile: `${NODE_LOCAL}import overrides/*.server\n` }),
        configMap(namespace, "node-local-dns-overrides", { "placeholder.server": "# reserved" }),
      ]);
    },
  },
  "node-local-dns-config, not there yet": {
    place: (namespace) => ({ kind: "nodeLocalStubDomains", namespace, name: "node-local-dns-config" }),
    prepare: (scene) =>
      applied(scene, [configMap(scene.spec.target.namespace, "node-local-dns", { Corefile: NODE_LOCAL })]),
  },
  "OpenShift without servers": {
    place: openshift,
    prepare: (scene) => applied(scene, [operator({ managementState: "Managed" })]),
  },
  "OpenShift with servers": {
    place: openshift,
    prepare: (scene) => applied(scene, [operator({ managementState: "Managed", servers: [CORP] })]),
  },
};

async function prepared({ place, prepare }: Case): Promise<RealScene> {
  const scene = await realScene(real, true, place);
  if (scene.spec.target.kind === "openshift") {
    await apply(real, [CRD]);
    await scene.kubectl(["wait", "crd/dnses.operator.openshift.io", "--for=condition=Established"]);
    await scene.kubectl(["delete", "dnses", "default", "--ignore-not-found"]);
  } else await kubectl(real, ["delete", "crd", "dnses.operator.openshift.io", "--ignore-not-found"]);
  await prepare(scene);
  await apply(real, [clusterDnsSlice(scene.spec)]);
  await inForce(scene);
  return scene;
}

/** Waits for the admission policy, where it can be seen without changing the target: by what it keeps from being made. */
async function inForce(scene: RealScene): Promise<void> {
  const { kind } = scene.spec.target;
  if (TARGET_SHAPES[kind ?? "coredns"].mayBeMissing !== "object") return;
  await until("the policy to be in force", async () => {
    const reason = await refusal(scene, (cluster, { namespace }) =>
      cluster.createConfigMap({ metadata: { namespace, name: "probe" } }),
    );
    await scene.kubectl([
      "delete",
      "configmap",
      "probe",
      "-n",
      scene.spec.target.namespace,
      "--ignore-not-found",
    ]);
    return reason !== undefined;
  });
}

/** Why the controller's account may not do something; undefined when it may. */
async function refusal(
  { cluster, spec }: RealScene,
  act: (cluster: RealScene["cluster"], target: TargetRef) => Promise<unknown>,
): Promise<string | undefined> {
  try {
    await act(cluster, spec.target);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}

/** The target's object as the API server has it, but for its version and its count of changes. */
async function state({ admin, spec }: RealScene): Promise<string> {
  const { kind, name } = spec.target;
  const object = kind === "openshift" ? await admin.dnsOperator(name) : await admin.configMap(spec.target);
  if (!object) return "not there";
  const { metadata, ...rest } = object;
  const { resourceVersion, generation, ...others } = metadata as typeof metadata & { generation?: number };
  assert.ok(resourceVersion !== undefined || generation !== undefined);
  return JSON.stringify({ ...rest, metadata: others }, null, 1);
}

/** Times have seconds: what is restored must not look right only because it is still the same second. */
const laterSecond = () => sleep(1100);

describe("each target on the real API server, with the rights that the component grants", () => {
  for (const [name, one] of Object.entries(cases)) {
    it(`passes preflight, gets the entry, and is as it was afterwards, managedFields too: ${name}`, async () => {
      const scene = await prepared(one);
      const before = await state(scene);
      await preflight(scene.spec, { cluster: scene.cluster, ...asked() }, undefined);
      assert.equal(await state(scene), before);
      await laterSecond();
      await scene.createAnchor();
      assert.deepEqual(await scene.round(), { kind: "idle" });
      assert.match(await state(scene), /egress\.local/);
      assert.deepEqual(await scene.round(), { kind: "idle" });
      await laterSecond();
      await scene.deleteAnchor();
      assert.deepEqual(await scene.round(), { kind: "idle" });
      assert.equal(await scene.anchor(), undefined);
      assert.equal(await state(scene), before);
    });
  }

  for (const name of [
    "coredns-custom with keys of others",
    "kube-dns with stubDomains",
    "OpenShift with servers",
  ]) {
    it(`is freed from outside when the controller is gone: ${name}`, async () => {
      const scene = await prepared(cases[name]!);
      const before = await state(scene);
      await scene.createAnchor();
      await scene.round();
      await scene.deleteAnchor();
      const results = await removeStubDomains(scene.admin, {
        anchor: scene.spec.anchor,
        domain: undefined,
        kind: undefined,
        target: undefined,
        key: undefined,
        all: false,
        dryRun: false,
      });
      assert.deepEqual(
        results.map(({ isLeft }) => isLeft),
        [false],
      );
      assert.equal(await state(scene), before);
    });
  }

  for (const [name, key] of [
    ["coredns-custom with keys of others", "egress.server"],
    ["kube-dns with stubDomains", "stubDomains"],
  ] as const) {
    it(`is all that the account may make, change and delete, its own key alone: ${name}`, async () => {
      const scene = await prepared(cases[name]!);
      const object = (await scene.admin.configMap(scene.spec.target))!;
      const { resourceVersion } = object.metadata;
      const patch = (data: Record<string, string | null>) =>
        refusal(scene, (cluster, where) =>
          cluster.patchConfigMap(where, { metadata: { resourceVersion: resourceVersion! }, data }),
        );
      assert.match((await patch({ other: "x" })) ?? "", new RegExp(`nothing of .* but its ${key}`));
      if (key === "egress.server") {
        assert.match(
          (await patch({ [key]: ".:53 {\n  whoami\n}\n" })) ?? "",
          /but the server block for egress/,
        );
        assert.match((await patch({ "a.server": null })) ?? "", /but its egress\.server/);
      }
      const remove = () => refusal(scene, (cluster) => cluster.deleteConfigMap(object));
      assert.match((await remove()) ?? "", /only if it made it and nothing else is in it/);
      await scene.kubectl(["delete", "configmap", object.metadata.name, "-n", object.metadata.namespace]);
      const { namespace, name: own } = scene.spec.target;
      const make = (data: Record<string, string>, annotations = {}) =>
        refusal(scene, (cluster) =>
          cluster.createConfigMap({ metadata: { namespace, name: own, annotations }, data }),
        );
      assert.match((await make({ [key]: "{}" })) ?? "", /only with its own entry, and marked/);
      assert.match(
        (await make({ other: "x" }, { "k8s-egress/made": "true" })) ?? "",
        /only with its own entry/,
      );
    });
  }

  it("may not be made where the platform makes it, and no other key of it changed", async () => {
    const scene = await prepared(cases["node-local-dns-overrides"]!);
    const { namespace, name } = scene.spec.target;
    const object = (await scene.admin.configMap(scene.spec.target))!;
    const { resourceVersion } = object.metadata;
    const patch = (data: Record<string, string | null>) =>
      refusal(scene, (cluster, where) =>
        cluster.patchConfigMap(where, { metadata: { resourceVersion: resourceVersion! }, data }),
      );
    await until("the policy to be in force", async () => (await patch({ other: "x" })) !== undefined);
    assert.match((await patch({ other: "x" })) ?? "", /nothing of .* but its egress\.server/);
    assert.match((await patch({ "placeholder.server": null })) ?? "", /but its egress\.server/);
    assert.match(
      (await patch({ "egress.server": ".:53 {\n  whoami\n}\n" })) ?? "",
      /but the server block for egress/,
    );
    for (const act of [
      (cluster: RealScene["cluster"]) => cluster.deleteConfigMap(object),
      (cluster: RealScene["cluster"]) =>
        cluster.createConfigMap({ metadata: { namespace, name: `${name}-2` } }),
    ]) {
      assert.match((await refusal(scene, act)) ?? "", /cannot (delete|create) resource "configmaps"/);
    }
  });

  it("can be read and changed nowhere else by that account", async () => {
    const scene = await prepared(cases["coredns-custom, empty"]!);
    const { namespace } = scene.spec.target;
    const can = async (verb: string, what: string) => {
      const account = `system:serviceaccount:${scene.spec.anchor.namespace}:controller`;
      const args = ["auth", "can-i", verb, what, "-n", namespace, `--as=${account}`];
      return (await scene.kubectl(args).catch(() => "no")).trim();
    };
    assert.equal(await can("patch", "configmaps/coredns-custom"), "yes");
    assert.equal(await can("delete", "configmaps/coredns-custom"), "yes");
    assert.equal(await can("get", "configmaps/coredns"), "yes");
    for (const [verb, what] of [
      ["patch", "configmaps/coredns"],
      ["delete", "configmaps/coredns"],
      ["get", "configmaps/other"],
      ["list", "configmaps"],
      ["get", "secrets"],
    ] as const) {
      assert.equal(await can(verb, what), "no", `${verb} ${what}`);
    }
  });
});
