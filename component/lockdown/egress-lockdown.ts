import * as pulumi from "@pulumi/pulumi";
import { createAdmissionPolicies } from "./admission-policies";
import type { EgressLockdownArgs } from "../args/lockdown";
import { type LockdownContext, lockdownLabels } from "./context";
import { createEgressNetworks } from "./egress-networks";
import { createNetworkPolicies } from "./network-policies";
import { lockdownSettings } from "./settings";
import type { Problems } from "../validation/checks/problems";
import { checkAudited, checkLockdown } from "./validation";

/**
 * Closes applications' namespaces except towards the cluster itself, so that an EgressProxy is their only way out.
 *
 * It has three layers, and each works where another does not: NetworkPolicies (packets of every pod, if the network
 * plugin enforces them), Linkerd's EgressNetworks (traffic through a sidecar), and a ValidatingAdmissionPolicy (pods
 * that would bypass these two). docs/lockdown.md says what it contains and what it does not.
 *
 * It is a separate component, because applications' namespaces often belong to other stacks than the proxy.
 */
export class EgressLockdown extends pulumi.ComponentResource {
  /** The namespaces under lockdown. */
  public readonly namespaces: pulumi.Output<string[]>;

  /**
   * @param name Name of the objects in each namespace, at most 40 characters of a DNS label.
   * @throws pulumi.ResourceError that lists every error in the arguments; then nothing is created.
   */
  constructor(name: string, args: EgressLockdownArgs, opts?: pulumi.ComponentResourceOptions) {
    // Without the arguments, because the preview would show all of them a second time.
    super("k8s-egress:index:EgressLockdown", name, {}, opts);
    const stopAt = (problems: Problems): void => {
      if (problems.any)
        throw new pulumi.ResourceError(problems.report(`EgressLockdown "${name}"`), this, true);
    };
    stopAt(checkLockdown(name, args));

    const settings = lockdownSettings(args);
    // Every object has these labels, so none is created before it is known that no audit leads out of the lockdown.
    const labels = pulumi
      .all([lockdownLabels(name, args.labels), args.auditedNamespaces ?? []])
      .apply(([all, audited]) => {
        stopAt(checkAudited(settings, audited));
        return all;
      });
    const context: LockdownContext = { name, settings, labels, parent: this };
    createAdmissionPolicies(context);
    createEgressNetworks(context);
    createNetworkPolicies(context);

    this.namespaces = pulumi.output(settings.namespaces);
    this.registerOutputs({ namespaces: this.namespaces });
  }
}
