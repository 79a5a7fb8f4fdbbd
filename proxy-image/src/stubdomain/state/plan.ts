import { isDeepStrictEqual } from "node:util";
import { APPLIED_ANNOTATION, isOurFinalizer } from "../../contract/stub-domain/anchor";
import type { ConfigMap, ManagedFields } from "../cluster/cluster";
import type { Spec } from "../../contract/stub-domain/spec";
import { targetOf } from "../targets/all";
import { TargetError } from "../targets/error";
import { textOf } from "../targets/object";
import { sameTarget, targetText } from "../../contract/stub-domain/target-ref";
import type { Surroundings } from "../targets/target";
import type { Action } from "./action";
import { reactionTo, overwritten } from "./contention";
import { formerOwners, ownedByUs, owners } from "./ownership";
import { readRecord, RecordError, type RecordedBlock, type StubRecord } from "./record";
import { planRemoval } from "./removal";
import { isHeldBack, readStatus } from "./status";
import { wantedText, type Wanted } from "./wanted";

/** The observed state of the cluster. */
export interface Observed extends Surroundings {
  anchor: ConfigMap | undefined;
  /** ClusterIP of the DNS server's Service. */
  forwardTo: string | undefined;
  /** Of configuration and processes, if a failed installation waits for another one. */
  fingerprint?: string | undefined;
  now: Date;
}

/** A write within this time after the record does not restart the proof's time limit. */
const RECORD_FRESH_MS = 30_000;

/** Decides the next step. It keeps no state: all state is in the anchor and in the target. */
export function plan(spec: Spec, observed: Observed): Action {
  const { anchor, now } = observed;
  if (!anchor) return { do: "wait" };
  const isLeaving = anchor.metadata.deletionTimestamp !== undefined;
  if (isLeaving && !isHeld(anchor)) return { do: "wait" };
  const status = readStatus(anchor);
  const heldBack =
    !isLeaving && status && isHeldBack(status, spec.specHash, now, observed.fingerprint) ? status : undefined;
  const action = hindered(() => {
    const record = readRecord(anchor);
    if (record && !sameTarget(record.target, spec.target)) {
      throw new RecordError(
        `the anchor's record is about ${targetText(record.target)}, not ${targetText(spec.target)}`,
      );
    }
    if (isLeaving) return drained(planRemoval(record, observed.object), record, observed);
    return heldBack ? takeBack(observed, anchor, record) : serve(spec, observed, anchor, record);
  });
  if (!heldBack) return action;
  const until =
    heldBack.heldFor === undefined
      ? (heldBack.retryAt ?? "a change")
      : "the configuration or the pods of the cluster's DNS change";
  const message = `${heldBack.message} (not tried again before ${until})`;
  switch (action.do) {
    case "wait":
      return { do: "giveUp", message };
    case "problem":
      return { do: "giveUp", message: `${message}. It can't be taken back: ${action.message}` };
    default:
      return action;
  }
}

function hindered(decide: () => Action): Action {
  try {
    return decide();
  } catch (error) {
    if (error instanceof TargetError || error instanceof RecordError)
      return { do: "problem", message: error.message };
    throw error;
  }
}

/** Whether this specification has not been proven yet. */
export function isInstalling(spec: Spec, anchor: ConfigMap): boolean {
  return anchor.metadata.annotations?.[APPLIED_ANNOTATION] !== spec.specHash;
}

/** Whether the anchor carries our finalizer. */
export function isHeld(anchor: ConfigMap): boolean {
  return anchor.metadata.finalizers?.some(isOurFinalizer) ?? false;
}

/** How long the cluster's DNS may serve after the removal: mounted ConfigMaps follow within 90 s, `reload` in 45 s. */
const DRAIN_MS = 180_000;

/** A removal is complete when the cluster's DNS has applied it: until then it queries a server that is removed next. */
function drained(action: Action, record: StubRecord | undefined, { object, now }: Observed): Action {
  if (action.do !== "release" || !record) return action;
  // If another writer deleted the field, our block went with it, at an unknown time.
  if (!record.made && textOf(object, targetOf(record.target).field) === undefined) return action;
  if (record.outSince === undefined) {
    return { do: "record", record: { ...record, outSince: now.toISOString() } };
  }
  return { do: "drain", until: new Date(Date.parse(record.outSince) + DRAIN_MS).toISOString() };
}

/** After a failed installation: back to what was proven before, or to nothing; `wait` when done. */
function takeBack({ object }: Observed, anchor: ConfigMap, record: StubRecord | undefined): Action {
  const keep = record?.blocks.filter(({ proven }) => proven) ?? [];
  const action = planRemoval(record, object, { keep, reason: "revert" });
  if (action.do !== "release") return action;
  return keep.length === 0 && isHeld(anchor) ? action : { do: "wait" };
}

function serve(spec: Spec, observed: Observed, anchor: ConfigMap, record: StubRecord | undefined): Action {
  const { now } = observed;
  const wanted = wantedText(spec, observed, observed.forwardTo, record);
  const blocks = record?.blocks ?? [];
  const known = blocks.find(({ inserted }) => inserted === wanted.inserted);
  const isUndone = known !== undefined && wanted.adds && wasWritten(spec, anchor, known);
  const reaction = isUndone ? reactionTo(record?.undone, version(wanted), now) : undefined;
  if (reaction?.do === "hold") {
    const by = wanted.object ? owners(wanted.object, targetOf(spec.target).field) : [];
    return { do: "problem", message: overwritten(by, record!.undone!, reaction.until) };
  }
  const next: StubRecord = {
    version: 1,
    target: spec.target,
    blocks: known ? blocks : [...blocks, { domain: spec.domain, inserted: wanted.inserted, proven: false }],
    owners: ownersAhead(spec, wanted, record),
  };
  if (isMade(spec, wanted, record)) next.made = true;
  // An installation's time limit keeps running while another writer undoes it; otherwise it would never end.
  if (isInstalling(spec, anchor))
    next.installing = installing(spec, record, wanted.changes && !isUndone, now);
  const undone = reaction?.do === "count" ? reaction.undone : record?.undone;
  if (undone) next.undone = undone;
  if (!isHeld(anchor) || !isDeepStrictEqual(next, record)) return { do: "record", record: next };
  if (wanted.changes) {
    return { do: "write", text: wanted.text, reason: isInstalling(spec, anchor) ? "install" : "heal" };
  }
  return { do: "prove", record: next, inserted: wanted.inserted };
}

/** The first record holds the present owners of the text; later ones add those who wrote after us. */
function ownersAhead(
  spec: Spec,
  { object, changes }: Wanted,
  record: StubRecord | undefined,
): ManagedFields[] {
  const { field } = targetOf(spec.target);
  if (!object) return [];
  if (!record) return owners(object, field);
  return changes ? formerOwners(object, field, record.owners) : record.owners;
}

/** Whether the block was in the target, as far as is known: it was proven, or its proof was pending. */
function wasWritten({ specHash }: Spec, anchor: ConfigMap, { proven }: RecordedBlock): boolean {
  const status = readStatus(anchor);
  return proven || (status?.state === "installing" && status.specHash === specHash);
}

/** The target's resourceVersion; empty if there is no target. */
function version({ object }: Wanted): string {
  return object?.metadata.resourceVersion ?? "";
}

/** Whether the field exists only because of us: we created it, and no other writer has written it since. */
function isMade(spec: Spec, { object, changes }: Wanted, record: StubRecord | undefined): boolean {
  const { field } = targetOf(spec.target);
  if (textOf(object, field) === undefined) return true;
  return record?.made === true && (!changes || ownedByUs(object!, field));
}

function installing(spec: Spec, record: StubRecord | undefined, isAboutToWrite: boolean, now: Date) {
  const current = record?.installing;
  const age = current ? now.getTime() - Date.parse(current.since) : Infinity;
  const isCurrent = current?.specHash === spec.specHash && !(isAboutToWrite && age > RECORD_FRESH_MS);
  return isCurrent ? current : { specHash: spec.specHash, since: now.toISOString() };
}
