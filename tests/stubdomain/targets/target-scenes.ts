import type { Spec } from "../../../proxy-image/src/contract/stub-domain/spec";
import { targetOf } from "../../../proxy-image/src/stubdomain/targets/all";
import { textOf } from "../../../proxy-image/src/stubdomain/targets/object";
import {
  TARGET_OBJECTS,
  TARGET_SHAPES,
  type TargetKind,
} from "../../../proxy-image/src/contract/stub-domain/target-ref";
import { COREFILES } from "../corefiles";
import { type FakeCluster, ownership } from "../fake-cluster";
import { ANCHOR, scene, SPEC, type Scene } from "../scene";

const K3S = COREFILES["k3s, whose files are imported"]!;
const NODE_LOCAL = COREFILES["NodeLocal, bound to an address"]!;

/** A cluster of the kind that a target is for, as it is before anything is installed. */
export interface TargetScene extends Scene {
  spec: Spec;
  /** All that is in the target's object but its version and its owners. */
  state: () => string;
  text: () => string | undefined;
}

/** What there is in such a cluster; those that may be missing are. */
const clusters: Record<TargetKind, (cluster: FakeCluster) => void> = {
  coredns: () => undefined,
  corednsCustom: (cluster) => cluster.create(TARGET_OBJECTS.coredns, { data: { Corefile: K3S } }),
  kubeDns: (cluster) => cluster.delete(TARGET_OBJECTS.coredns),
  nodeLocalDns: (cluster) =>
    cluster.create(TARGET_OBJECTS.nodeLocalDns, {
      data: { Corefile: NODE_LOCAL },
      metadata: { managedFields: [ownership("kubectl")] },
    }),
  nodeLocalDnsCustom: (cluster) => {
    const corefile = `${NODE_LOCAL}import overrides/*.server\n`;
    cluster.create(TARGET_OBJECTS.nodeLocalDns, { data: { Corefile: corefile } });
    cluster.create(TARGET_OBJECTS.nodeLocalDnsCustom, { data: { "placeholder.server": "# reserved" } });
  },
  nodeLocalStubDomains: (cluster) =>
    cluster.create(TARGET_OBJECTS.nodeLocalDns, { data: { Corefile: NODE_LOCAL } }),
  openshift: (cluster) => {
    cluster.delete(TARGET_OBJECTS.coredns);
    cluster.kind = { version: "v1.32.1", groups: ["apps", "operator.openshift.io"] };
    const metadata = { namespace: "", name: "default", resourceVersion: "0" };
    cluster.operator = { metadata, spec: { managementState: "Managed" } };
  },
};

export function specFor(kind: TargetKind, more: Partial<Spec> = {}): Spec {
  const key = TARGET_SHAPES[kind].isImported ? { key: "egress.server" } : {};
  return { ...SPEC, target: { kind, ...TARGET_OBJECTS[kind], ...key }, owner: "0a1b2c3d", ...more };
}

export function targetScene(kind: TargetKind, more: Partial<Spec> = {}): TargetScene {
  const made = scene();
  const spec = specFor(kind, more);
  clusters[kind](made.cluster);
  made.world.prove = () => Promise.resolve(made.proof.answer ?? { serves: true });
  const object = () =>
    kind === "openshift"
      ? made.cluster.operator
      : made.cluster.configMaps.get(`${spec.target.namespace}/${spec.target.name}`);
  const state = () => {
    const { metadata, ...rest } = object() ?? { metadata: undefined };
    const { annotations = {}, managedFields = [] } = metadata ?? {};
    return JSON.stringify({ annotations, managedFields, ...rest });
  };
  return {
    ...made,
    spec,
    state,
    text: () => textOf(object(), targetOf(spec.target).field),
    round: (own = spec) => made.round(own),
  };
}

export async function installedTarget(kind: TargetKind, more: Partial<Spec> = {}): Promise<TargetScene> {
  const made = targetScene(kind, more);
  made.cluster.create(ANCHOR, {});
  await made.round();
  return made;
}
