import type { ObjectName } from "../../../proxy-image/src/contract/stub-domain/objects";
import * as pulumi from "@pulumi/pulumi";
import {
  TARGET_OBJECTS,
  type TargetKind,
  type TargetRef,
} from "../../../proxy-image/src/contract/stub-domain/target-ref";
import { type Context, labels, selector } from "../context";

/** One target's controller: what it edits, its namespace, and the names of its objects. */
export interface StubDomainPlace {
  readonly target: TargetRef;
  readonly anchor: ObjectName;
  /** Pulumi's name of each child. */
  readonly child: string;
  /** Kubernetes' name of each object but the anchor. */
  readonly name: string;
  /** The namespace of account, controller and anchor. */
  readonly namespace: pulumi.Input<string>;
  readonly selector: Record<string, string>;
  readonly labels: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Distinguishes the pods of the controllers for several targets. */
const TARGET_LABEL = "k8s-egress/target";

/** Targets as they appear in names, which have no upper-case letters. */
const NAMES: Readonly<Record<TargetKind, string>> = {
  coredns: "coredns",
  corednsCustom: "coredns-custom",
  kubeDns: "kube-dns",
  nodeLocalDns: "node-local-dns",
  openshift: "openshift",
};

/** The place of a target's controller, in the namespace of all controllers. */
export function stubDomainPlace(
  context: Context,
  kind: TargetKind,
  namespace: pulumi.Input<string>,
): StubDomainPlace {
  const { name, names, settings } = context;
  const object = TARGET_OBJECTS[kind];
  const label = { [TARGET_LABEL]: NAMES[kind] };
  return {
    target: { kind, ...object, ...(kind === "corednsCustom" ? { key: `${names.instance}.server` } : {}) },
    anchor: {
      namespace: settings.controllerNamespace ?? names.stubDomain,
      name: `${names.instance}-${object.namespace}-${object.name}`,
    },
    child: kind === "nodeLocalDns" ? `${name}-stub-domain-${NAMES[kind]}` : `${name}-stub-domain`,
    name: `${names.stubDomain}-${NAMES[kind]}`,
    namespace,
    selector: { ...selector(context, "egress-stub-domain"), ...label },
    labels: pulumi.output(labels(context, "egress-stub-domain")).apply((ours) => ({ ...ours, ...label })),
  };
}
