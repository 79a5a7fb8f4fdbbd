import { STATUS_ANNOTATION } from "./anchor";
import { ApiError, nameText, type ClusterEvent, type ConfigMap } from "./cluster/cluster";
import type { Spec } from "./spec";
import type { WriteReason } from "./state/action";
import { readStatus, type State, type Status } from "./state/status";
import type { World } from "./world";
import { patchOf } from "./writes";

/**
 * Puts a state on the anchor, with an event when it is another one than before; writes nothing when nothing is new.
 *
 * @param annotations to be written along with it
 */
export async function report(
  spec: Spec,
  world: World,
  anchor: ConfigMap,
  { state, message }: { state: State; message: string },
  annotations: Record<string, string> = {},
): Promise<void> {
  world.metrics.state(state);
  const before = readStatus(anchor);
  const isSame = before?.state === state && before.specHash === spec.specHash;
  if (isSame && before.message === message && Object.keys(annotations).length === 0) return;
  const since = isSame ? before.since : world.now().toISOString();
  // The count of failures outlives the next try, and ends with its success.
  const failures = state === "installing" && before?.specHash === spec.specHash ? before.failures : undefined;
  const status = {
    state,
    message,
    specHash: spec.specHash,
    since,
    ...(failures === undefined ? {} : { failures }),
  };
  world.log(`${state}: ${message}`);
  await saveStatus(world, anchor, status, annotations);
  if (!isSame && state !== "installing") {
    const reason = `StubDomain${state.charAt(0).toUpperCase()}${state.slice(1)}`;
    await emit(world, anchor, { type: state === "serving" ? "Normal" : "Warning", reason, message });
  }
}

/** Puts a status on the anchor. */
export async function saveStatus(
  { cluster, metrics }: World,
  anchor: ConfigMap,
  status: Status,
  annotations: Record<string, string>,
): Promise<void> {
  metrics.state(status.state);
  const all = { ...annotations, [STATUS_ANNOTATION]: JSON.stringify(status) };
  await cluster.patchConfigMap(anchor.metadata, patchOf(anchor, { annotations: all }));
}

/** Events are for people: that one can't be written must not hold anything up. */
export async function emit({ cluster, log }: World, anchor: ConfigMap, event: ClusterEvent): Promise<void> {
  try {
    await cluster.emit(anchor, event);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    log(error.message);
  }
}

/** What a write to the Corefile is called in events. */
export function writeEvent(spec: Spec, reason: WriteReason): ClusterEvent {
  const target = nameText(spec.target);
  switch (reason) {
    case "install":
      return { type: "Normal", reason: "StubDomainWritten", message: `added ${spec.domain} to ${target}` };
    case "heal":
      return {
        type: "Warning",
        reason: "StubDomainRestored",
        message: `${target} was overwritten or is out of date: added ${spec.domain} again`,
      };
    case "remove":
      return { type: "Normal", reason: "StubDomainRemoved", message: `took ${spec.domain} out of ${target}` };
    case "revert":
      return {
        type: "Warning",
        reason: "StubDomainReverted",
        message: `put ${target} back as it was before`,
      };
  }
}
