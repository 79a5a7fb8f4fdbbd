import { isDeepStrictEqual } from "node:util";
import { STATUS_ANNOTATION } from "../../contract/stub-domain/anchor";
import { ApiError, type ClusterEvent, type ConfigMap } from "../cluster/cluster";
import { parseCorefile } from "../corefile/server-blocks";
import { doubtfulPlugins } from "../corefile/plugins";
import { warningsAbout } from "../corefile/warnings";
import type { Spec } from "../../contract/stub-domain/spec";
import { targetText } from "../../contract/stub-domain/target-ref";
import { targetOf } from "../targets/all";
import type { Surroundings } from "../targets/target";
import type { WriteReason } from "../state/action";
import { readStatus, type State, type Status } from "../state/status";
import { newWarnings, type Warning } from "../state/warning";
import { inWords } from "../state/words";
import type { World } from "./world";
import { patchOf } from "./writes";

/** The time of the last proof is rewritten only if it is older than this, not after each proof. */
const PROOF_SHOWN_MS = 5 * 60_000;

/** What to report about the stub domain now. */
export interface News {
  state: State;
  message: string;
  /** It has just been proven to serve. */
  proven?: boolean;
  /** What was found beside it; absent: this was not looked for. */
  warnings?: Warning[];
}

/**
 * Writes a state to the anchor, with an event if the state has changed; writes nothing if nothing is new.
 *
 * @param annotations to be written with it
 */
export async function report(
  spec: Spec,
  world: World,
  anchor: ConfigMap,
  news: News,
  annotations: Record<string, string> = {},
): Promise<void> {
  const { state, message } = news;
  world.metrics.state(state);
  if (news.warnings) world.metrics.warnings(news.warnings.map(({ reason }) => reason));
  const before = readStatus(anchor);
  const status = nextStatus(spec, before, news, world.now());
  const isSameState = before?.state === state && before.specHash === spec.specHash;
  const isKnown =
    isSameState &&
    before.message === message &&
    before.lastProof === status.lastProof &&
    isDeepStrictEqual(before.warnings, status.warnings);
  if (isKnown && Object.keys(annotations).length === 0) return;
  if (before?.state !== state || before.message !== message) world.log(`${state}: ${message}`);
  await saveStatus(spec, world, anchor, status, annotations);
  if (!isSameState && state !== "installing") {
    const reason = `StubDomain${state.charAt(0).toUpperCase()}${state.slice(1)}`;
    const isGood = state === "serving" || state === "leaving";
    await emit(world, anchor, { type: isGood ? "Normal" : "Warning", reason, message });
  }
  for (const warning of newWarnings(status.warnings ?? [], before?.warnings)) {
    world.log(warning.message);
    await emit(world, anchor, { type: "Warning", ...warning });
  }
}

function nextStatus(
  { specHash }: Spec,
  before: Status | undefined,
  { state, message, proven = false, warnings = before?.warnings ?? [] }: News,
  now: Date,
): Status {
  const at = now.toISOString();
  const isSameState = before?.state === state && before.specHash === specHash;
  const status: Status = { state, message, specHash, since: isSameState ? before.since : at };
  if (warnings.length > 0) status.warnings = warnings;
  const shown = Date.parse(before?.lastProof ?? "");
  const lastProof = proven && !(now.getTime() - shown < PROOF_SHOWN_MS) ? at : before?.lastProof;
  if (lastProof !== undefined) status.lastProof = lastProof;
  const isError = state !== "serving" && state !== "leaving" && message !== before?.message;
  const lastError = isError ? { at, message } : before?.lastError;
  if (lastError) status.lastError = lastError;
  // The count of failures is kept during the next attempt, and reset when it succeeds.
  const failures = state === "installing" && before?.specHash === specHash ? before.failures : undefined;
  if (failures !== undefined) status.failures = failures;
  return status;
}

/** Writes a status to the anchor. */
export async function saveStatus(
  spec: Spec,
  { cluster, metrics }: World,
  anchor: ConfigMap,
  status: Status,
  annotations: Record<string, string>,
): Promise<void> {
  metrics.state(status.state);
  const all = { ...annotations, [STATUS_ANNOTATION]: JSON.stringify(status), ...inWords(spec, status) };
  await cluster.patchConfigMap(anchor.metadata, patchOf(anchor, { annotations: all }));
}

/** Events are for people: a failure to write one must not delay anything. */
export async function emit({ cluster, log }: World, anchor: ConfigMap, event: ClusterEvent): Promise<void> {
  try {
    await cluster.emit(anchor, event);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    log(error.message);
  }
}

/** Warns of settings that do not stop the stub domain from serving. */
export async function warn(
  { target }: Spec,
  world: World,
  anchor: ConfigMap,
  surroundings: Surroundings,
  corefile: string | undefined,
): Promise<void> {
  if (corefile === undefined) return;
  const bypasses = warningsAbout(parseCorefile(corefile));
  const doubtful = doubtfulPlugins(targetOf(target).plugins(surroundings), await world.processes());
  const events = [
    ...bypasses.map((message) => ({ reason: "StubDomainBypassed", message })),
    ...doubtful.map((message) => ({ reason: "ClusterDnsPluginUnknown", message })),
  ];
  for (const event of events) {
    world.log(event.message);
    await emit(world, anchor, { type: "Warning", ...event });
  }
}

/** The event for a write to the target. */
export function writeEvent(spec: Spec, reason: WriteReason): ClusterEvent {
  const target = targetText(spec.target);
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
