import { setTimeout as sleep } from "node:timers/promises";
import { removalGate } from "../../contract/stub-domain/removal-gate";
import type { Spec } from "../../contract/stub-domain/spec";
import { ApiError, type Cluster } from "../cluster/cluster";
import { isHeld } from "../state/plan";
import { hold, letGo } from "./writes";

/**
 * Holds the removal gate, and lets it go when it is being deleted. Apart from the rounds, because a proof may take
 * longer than Pulumi waits.
 *
 * @param pause between two looks, in milliseconds
 * @returns when it is told to stop; the gate stays held then
 */
export async function tendGate(
  spec: Spec,
  cluster: Cluster,
  stop: AbortSignal,
  pause: number,
): Promise<void> {
  while (!stop.aborted) {
    await unlessRefused(() => tendOnce(spec, cluster));
    await sleep(pause, undefined, { signal: stop }).catch(() => undefined);
  }
}

/**
 * One look at the gate.
 *
 * @throws ApiError
 */
export async function tendOnce(spec: Spec, cluster: Cluster): Promise<void> {
  const gate = await cluster.configMap(removalGate(spec));
  if (!gate) return;
  if (gate.metadata.deletionTimestamp === undefined) await hold(cluster, gate);
  else if (isHeld(gate)) await letGo(cluster, gate);
}

/** Lets the gate go where the controller gives up, unless something of ours is in the cluster's DNS. */
export async function abandonGate(spec: Spec, cluster: Cluster): Promise<void> {
  await unlessRefused(async () => {
    const anchor = await cluster.configMap(spec.anchor);
    if (anchor && isHeld(anchor)) return;
    const gate = await cluster.configMap(removalGate(spec));
    if (gate && isHeld(gate)) await letGo(cluster, gate);
  });
}

/** The rounds report an API server that refuses or is away, and the next look repeats this. */
async function unlessRefused(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}
