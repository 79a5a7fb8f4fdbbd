import type { ObjectName } from "./objects";
import type { Spec } from "./spec";

/**
 * The removal gate: a ConfigMap that Pulumi deletes before the anchor. A running controller holds it by a finalizer and
 * lets it go at once. So if its deletion waits, no controller is there to remove the stub domain, and Pulumi says so
 * within a minute; the anchor's deletion has to wait for the cluster's DNS, which takes minutes.
 *
 * It is in the target's namespace: whoever deletes the controller's namespace deletes its rights with it.
 *
 * Free of imports at run time, because the component uses it too.
 */
export function removalGate({ anchor, target }: Pick<Spec, "anchor" | "target">): ObjectName {
  return { namespace: target.namespace, name: `${anchor.namespace}.${anchor.name}` };
}

/** The anchor of a removal gate, by its name: a namespace has no dot. */
export function anchorOfGate({ name }: ObjectName): ObjectName {
  const dot = name.indexOf(".");
  return { namespace: name.slice(0, Math.max(dot, 0)), name: name.slice(dot + 1) };
}

/** Label on every removal gate, by which `k8s-egress dns remove` finds them. */
export const GATE_LABEL = "k8s-egress/removal-gate";

/** The label's value. */
export const GATE_LABEL_VALUE = "stub-domain";
