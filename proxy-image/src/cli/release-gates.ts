import type { ObjectName } from "../contract/stub-domain/objects";
import { anchorOfGate, GATE_LABEL, GATE_LABEL_VALUE } from "../contract/stub-domain/removal-gate";
import { nameText, type Cluster } from "../stubdomain/cluster/cluster";
import { letGo } from "../stubdomain/controller/writes";
import { isHeld } from "../stubdomain/state/plan";
import type { Removal } from "./removal";

/**
 * Lets the removal gates go that no controller lets go: those whose anchor is gone or holds nothing, and with `dryRun`
 * also those whose anchor is being deleted.
 *
 * @param isChosen whether an anchor was chosen
 * @throws ApiError
 */
export async function releaseGates(
  cluster: Cluster,
  isChosen: (anchor: ObjectName) => boolean,
  dryRun: boolean,
): Promise<Removal[]> {
  const gates = await cluster.configMapsLabelled(`${GATE_LABEL}=${GATE_LABEL_VALUE}`);
  const removals: Removal[] = [];
  for (const gate of gates.filter(isHeld)) {
    const name = anchorOfGate(gate.metadata);
    if (!isChosen(name)) continue;
    const anchor = await cluster.configMap(name);
    const isGoing = dryRun && anchor?.metadata.deletionTimestamp !== undefined;
    if (anchor && isHeld(anchor) && !isGoing) continue;
    if (!dryRun) await letGo(cluster, gate);
    const done = dryRun ? "would take" : "took";
    removals.push({
      isLeft: false,
      text: `removal gate ${nameText(gate.metadata)}:\n  ${done} the finalizer off`,
    });
  }
  return removals;
}
