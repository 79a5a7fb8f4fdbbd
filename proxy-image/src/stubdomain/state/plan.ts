import { isDeepStrictEqual } from "node:util";
import { APPLIED_ANNOTATION, FINALIZER } from "../anchor";
import { nameText, type ConfigMap, type ManagedFields } from "../cluster/cluster";
import { stubBlock } from "../corefile/block";
import { defaultBlock, requireReload } from "../corefile/default-block";
import { hasBlock, insertBlock, removeBlock } from "../corefile/edit";
import { CorefileError } from "../corefile/error";
import { parseCorefile } from "../corefile/server-blocks";
import type { Spec } from "../spec";
import type { Action } from "./action";
import { answerTo, overwritten } from "./contention";
import { COREFILE_KEY, formerOwners, owners } from "./ownership";
import { readRecord, RecordError, type RecordedBlock, type StubRecord } from "./record";
import { planRemoval } from "./removal";
import { isHeldBack, readStatus } from "./status";

/** The state of the cluster, as far as it matters. */
export interface Observed {
  anchor: ConfigMap | undefined;
  target: ConfigMap | undefined;
  /** ClusterIP of the DNS server's Service. */
  forwardTo: string | undefined;
  now: Date;
}

/** A write right after this needs no new entry of the time from which the proof's limit counts. */
const RECORD_FRESH_MS = 30_000;

/** Decides the next step. It remembers nothing: what matters is in the anchor and in the target. */
export function plan(spec: Spec, observed: Observed): Action {
  const { anchor, now } = observed;
  if (!anchor) return { do: "wait" };
  const isLeaving = anchor.metadata.deletionTimestamp !== undefined;
  if (isLeaving && !isHeld(anchor)) return { do: "wait" };
  const status = readStatus(anchor);
  const heldBack = !isLeaving && status && isHeldBack(status, spec.specHash, now) ? status : undefined;
  const action = hindered(() => {
    const record = readRecord(anchor);
    if (record && nameText(record.target) !== nameText(spec.target)) {
      throw new RecordError(
        `the anchor's record is about ${nameText(record.target)}, not ${nameText(spec.target)}`,
      );
    }
    if (isLeaving) return drained(planRemoval(record, observed.target), record, observed);
    return heldBack ? takeBack(observed, anchor, record) : serve(spec, observed, anchor, record);
  });
  if (!heldBack) return action;
  const message = `${heldBack.message} (not tried again before ${heldBack.retryAt ?? "a change"})`;
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
    if (error instanceof CorefileError || error instanceof RecordError)
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
  return anchor.metadata.finalizers?.includes(FINALIZER) ?? false;
}

/** How long after the removal the cluster's DNS may go on serving: mounted ConfigMaps follow within 90 s, `reload` in 45. */
const DRAIN_MS = 180_000;

/** A removal is complete when the cluster's DNS has noticed it: until then it sends questions to a server that goes next. */
function drained(action: Action, record: StubRecord | undefined, { target, now }: Observed): Action {
  if (action.do !== "release" || !record || target?.data?.[COREFILE_KEY] === undefined) return action;
  if (record.outSince === undefined) {
    return { do: "record", record: { ...record, outSince: now.toISOString() } };
  }
  return { do: "drain", until: new Date(Date.parse(record.outSince) + DRAIN_MS).toISOString() };
}

/** After a failed installation: back to what was proven before, or to nothing; `wait` when there. */
function takeBack({ target }: Observed, anchor: ConfigMap, record: StubRecord | undefined): Action {
  const keep = record?.blocks.filter(({ proven }) => proven) ?? [];
  const action = planRemoval(record, target, { keep, reason: "revert" });
  if (action.do !== "release") return action;
  return keep.length === 0 && isHeld(anchor) ? action : { do: "wait" };
}

function serve(
  spec: Spec,
  { target, forwardTo, now }: Observed,
  anchor: ConfigMap,
  record: StubRecord | undefined,
): Action {
  const wanted = wantedCorefile(spec, target, forwardTo, record);
  const blocks = record?.blocks ?? [];
  const known = blocks.find(({ inserted }) => inserted === wanted.inserted);
  const isUndone = known !== undefined && wanted.adds && wasWritten(spec, anchor, known);
  const answer = isUndone ? answerTo(record?.undone, version(wanted.target), now) : undefined;
  if (answer?.do === "hold") {
    return { do: "problem", message: overwritten(owners(wanted.target), record!.undone!, answer.until) };
  }
  const next: StubRecord = {
    version: 1,
    target: spec.target,
    blocks: known ? blocks : [...blocks, { domain: spec.domain, inserted: wanted.inserted, proven: false }],
    owners: ownersAhead(wanted, record),
  };
  // The time of an installation goes on while somebody undoes it, or that would never end.
  if (isInstalling(spec, anchor))
    next.installing = installing(spec, record, wanted.changes && !isUndone, now);
  const undone = answer?.do === "count" ? answer.undone : record?.undone;
  if (undone) next.undone = undone;
  if (!isHeld(anchor) || !isDeepStrictEqual(next, record)) return { do: "record", record: next };
  if (wanted.changes) {
    return { do: "write", text: wanted.text, reason: isInstalling(spec, anchor) ? "install" : "heal" };
  }
  return { do: "prove", record: next, inserted: wanted.inserted };
}

/** The first record holds whoever owns the Corefile now; later ones follow those who wrote after us. */
function ownersAhead({ target, changes }: Wanted, record: StubRecord | undefined): ManagedFields[] {
  if (!record) return owners(target);
  return changes ? formerOwners(target, record.owners) : record.owners;
}

/** What the Corefile shall be. */
interface Wanted {
  target: ConfigMap;
  text: string;
  /** Whether that differs from what it is. */
  changes: boolean;
  /** Whether our block is not in it. */
  adds: boolean;
  /** Our block, as it is inserted. */
  inserted: string;
}

/**
 * The Corefile with our block for today's Service and default block, and without our older ones.
 *
 * @throws CorefileError when that can't be
 */
export function wantedCorefile(
  spec: Spec,
  target: ConfigMap | undefined,
  forwardTo: string | undefined,
  record: StubRecord | undefined,
): Wanted {
  const where = `ConfigMap ${nameText(spec.target)}`;
  if (!target) throw new CorefileError(`${where} does not exist`);
  const corefile = target.data?.[COREFILE_KEY];
  if (corefile === undefined) throw new CorefileError(`${where} has no key "${COREFILE_KEY}"`);
  if (target.immutable) throw new CorefileError(`${where} is immutable`);
  if (forwardTo === undefined) {
    throw new CorefileError(
      `Service ${nameText(spec.dnsService)}, to which to forward, does not exist or has no ClusterIP`,
    );
  }
  const parsed = parseCorefile(corefile);
  requireReload(parsed);
  const recorded = record?.blocks.map(({ inserted }) => inserted) ?? [];
  const fresh = `\n${stubBlock({
    domain: spec.domain,
    forwardTo,
    ...defaultBlock(corefile, parsed),
    marker: nameText(spec.anchor),
  })}`;
  // A block that an older version wrote with another comment says the same, and stays as it was recorded.
  const known = recorded.find((other) => saysTheSame(other, fresh));
  const inserted = known ?? fresh;
  // Without a record only our comment tells our block from one that somebody pasted.
  const isThere = (known !== undefined || corefile.includes(fresh)) && hasBlock(parsed, inserted);
  const stale = recorded.filter((other) => !saysTheSame(other, inserted) && hasBlock(parsed, other));
  let text = corefile;
  for (const other of stale) text = removeBlock(text, other).text;
  if (!isThere) text = insertBlock(text, inserted.slice(1)).text;
  return { target, text, changes: text !== corefile, adds: !isThere, inserted };
}

/** Whether the block was in the target, as far as is known: proven, or its proof was awaited. */
function wasWritten({ specHash }: Spec, anchor: ConfigMap, { proven }: RecordedBlock): boolean {
  const status = readStatus(anchor);
  return proven || (status?.state === "installing" && status.specHash === specHash);
}

function version({ metadata }: ConfigMap): string {
  return metadata.resourceVersion ?? "";
}

function saysTheSame(one: string, other: string): boolean {
  return hasBlock(parseCorefile(one), other);
}

function installing(spec: Spec, record: StubRecord | undefined, isAboutToWrite: boolean, now: Date) {
  const current = record?.installing;
  const age = current ? now.getTime() - Date.parse(current.since) : Infinity;
  const isCurrent = current?.specHash === spec.specHash && !(isAboutToWrite && age > RECORD_FRESH_MS);
  return isCurrent ? current : { specHash: spec.specHash, since: now.toISOString() };
}
