import type { ConfigMap } from "../cluster/cluster";
import { oneLine } from "../one-line";
import { fingerprint } from "./fingerprint";
import type { Outcome } from "./outcome";
import { emit, report, saveStatus } from "./report";
import type { Spec } from "../../contract/stub-domain/spec";
import { isInstalling } from "../state/plan";
import { readRecord, RecordError } from "../state/record";
import { failedStatus, readStatus } from "../state/status";
import type { World } from "./world";

/**
 * Handles an obstacle: an installation that exceeds its time limit is given up; everything else waits and reports it.
 */
export async function hinder(
  spec: Spec,
  world: World,
  anchor: ConfigMap,
  reason: string,
  unloaded: readonly string[] = [],
): Promise<Outcome | undefined> {
  const message = oneLine(reason);
  if (anchor.metadata.deletionTimestamp !== undefined) {
    await report(spec, world, anchor, {
      state: "blocked",
      message: `the stub domain can't be taken out: ${message}`,
    });
    return { kind: "again" };
  }
  if (!isInstalling(spec, anchor)) {
    await report(spec, world, anchor, { state: "degraded", message });
    return { kind: "again" };
  }
  if (!isOverTime(spec, world, anchor)) {
    await report(spec, world, anchor, { state: "installing", message });
    return { kind: "again" };
  }
  const isUnloaded = unloaded.length > 0;
  const failure = isUnloaded ? await whyUnloaded(world, message, unloaded) : message;
  const status = failedStatus(readStatus(anchor), spec.specHash, failure, world.now(), isUnloaded);
  world.log(`the installation failed, and is taken back: ${failure}`);
  await saveStatus(spec, world, anchor, status, {});
  await emit(world, anchor, { type: "Warning", reason: "StubDomainFailed", message: failure });
  // The next step removes it again.
  return undefined;
}

/** Names the replicas that did not load the file, and what they count. */
async function whyUnloaded({ processes }: World, message: string, unloaded: readonly string[]) {
  const counts = new Map((await processes()).map(({ address, failedReloads }) => [address, failedReloads]));
  const replicas = unloaded.map((address) => {
    const failures = counts.get(address) ?? 0;
    return failures > 0 ? `${address} (${failures} failed reloads)` : address;
  });
  return oneLine(
    `${message}. These replicas did not load the changed file: ${replicas.join(", ")}; their logs have the reason ` +
      '("reload failed"), which is usually another part of the configuration',
  );
}

/** Once it has been removed again, an installation that was not loaded waits for a change of what is loaded. */
export async function hold(spec: Spec, world: World, anchor: ConfigMap): Promise<void> {
  const status = readStatus(anchor);
  if (status?.heldFor !== "") return;
  const heldFor = await fingerprint(world.cluster, spec);
  await saveStatus(spec, world, anchor, { ...status, heldFor }, {});
}

/** Before the first write no time limit runs. */
function isOverTime({ specHash, proofTimeoutMs }: Spec, { now }: World, anchor: ConfigMap): boolean {
  try {
    const { installing } = readRecord(anchor) ?? {};
    if (installing?.specHash !== specHash) return true;
    return now().getTime() - Date.parse(installing.since) > proofTimeoutMs;
  } catch (error) {
    if (error instanceof RecordError) return true;
    throw error;
  }
}
