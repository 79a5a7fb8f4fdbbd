import type { ObjectName } from "../contract/stub-domain/objects";
import { anchorOfGate, GATE_LABEL, GATE_LABEL_VALUE } from "../contract/stub-domain/removal-gate";
import { ApiError, type Cluster, type ConfigMap, nameText } from "../stubdomain/cluster/cluster";
import { letGo } from "../stubdomain/controller/writes";
import { isHeld } from "../stubdomain/state/plan";
import { Account, type Removal } from "./removal";

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
    const account = new Account(`removal gate ${nameText(gate.metadata)}`);
    removals.push(
      dryRun ? account.close(false, "would take the finalizer off") : await release(cluster, gate, account),
    );
  }
  return removals;
}

/** An error must not lose what was done before. */
async function release(cluster: Cluster, gate: ConfigMap, account: Account): Promise<Removal> {
  try {
    await letGo(cluster, gate);
    return account.close(false, "took the finalizer off");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Its controller was faster.
    if (error.isConflict || error.status === 404) return account.close(false, "is let go by its controller");
    return account.close(true, error.message);
  }
}
