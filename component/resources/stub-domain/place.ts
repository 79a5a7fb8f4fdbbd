import type { ObjectName } from "../../../proxy-image/src/contract/stub-domain/objects";
import * as pulumi from "@pulumi/pulumi";
import {
  TARGET_OBJECTS,
  type TargetKind,
  type TargetRef,
} from "../../../proxy-image/src/contract/stub-domain/target-ref";
import { type Context, labels, selector } from "../context";

/** One target's controller: what it edits, where it is, and what everything around it is called. */
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

/** Tells the pods of the controllers for several targets from each other. */
const TARGET_LABEL = "k8s-egress/target";

/** How a target is written in names, which know no capitals. */
const NAMES: Readonly<Record<TargetKind, string>> = {
  coredns: "coredns",
  corednsCustom: "coredns-custom",
  kubeDns: "kube-dns",
  nodeLocalDns: "node-local-dns",
  openshift: "openshift",
};

/** Where the controller for a target is, in the namespace of all of them. */
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
