import type { Right } from "../../contract/stub-domain/objects";
import { neededRights } from "../../contract/stub-domain/rights";
import { TARGET_OBJECTS } from "../../contract/stub-domain/target-ref";
import type { Cluster } from "../../stubdomain/cluster/cluster";
import type { Finding } from "./finding";
import { checkGrants, checkRights, rightsOfUp, rightsToGrant } from "./rights";

/** Where `pulumi up` creates objects, and which. */
export interface Installation {
  readonly namespace: string;
  readonly name: string;
  readonly instance: string;
  readonly isMeshed: boolean;
  /** Whether there is or will be a controller for the cluster's DNS. */
  readonly hasController: boolean;
}

/** Asks for each right that `pulumi up` needs, and for those that it gives the stub domain's controller. */
export async function lookAtRights(
  cluster: Pick<Cluster, "isAllowed">,
  { namespace, name, instance, isMeshed, hasController }: Installation,
): Promise<Finding[]> {
  const controllers = `${instance}-stub-domain`;
  const rights = rightsOfUp(namespace, controllers, isMeshed);
  // The default target: those of the others are like its.
  const target = { kind: "coredns" as const, ...TARGET_OBJECTS.coredns };
  const anchor = { namespace: controllers, name: `${instance}-${target.namespace}-${target.name}` };
  const granted = hasController
    ? neededRights({ target, anchor, dnsService: { namespace, name: `${name}-dns` } })
    : [];
  const held = new Set<string>();
  await Promise.all(
    [...rights, ...granted, ...rightsToGrant(granted)].map(async (right) => {
      if (await cluster.isAllowed(right)) held.add(keyOf(right));
    }),
  );
  const isHeld = (right: Right) => held.has(keyOf(right));
  return [checkRights(rights.filter((right) => !isHeld(right))), ...checkGrants(granted, isHeld)];
}

function keyOf({ verb, group, resource, namespace, name }: Right): string {
  return JSON.stringify([verb, group, resource, namespace, name]);
}
