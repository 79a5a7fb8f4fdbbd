import * as pulumi from "@pulumi/pulumi";
import type { LockdownSettings } from "./settings";

/** What the parts of an EgressLockdown share. */
export interface LockdownContext {
  /** Prefix of the children's Pulumi names, and name of the objects in namespaces. */
  readonly name: string;
  readonly settings: LockdownSettings;
  /** Labels of every object. */
  readonly labels: pulumi.Input<Record<string, pulumi.Input<string>>>;
  readonly parent: pulumi.ComponentResource;
}

/** The user's labels, overridden by ours. */
export function lockdownLabels(
  name: string,
  theirs: pulumi.Input<{ [key: string]: pulumi.Input<string> }> | undefined,
): LockdownContext["labels"] {
  const ours = {
    "app.kubernetes.io/name": "egress-lockdown",
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/part-of": "k8s-egress",
  };
  return theirs ? pulumi.output(theirs).apply((own) => ({ ...own, ...ours })) : ours;
}
