import { RECORD_ANNOTATION } from "../anchor";
import type { ConfigMap, ManagedFields, ObjectName } from "../cluster/cluster";
import { CorefileError } from "../corefile/error";
import { singleBlock, zoneOf } from "../corefile/edit";
import { isUndone, type Undone } from "./contention";

/** A block that may be in the Corefile. */
export interface RecordedBlock {
  domain: string;
  /** Exactly what was inserted, as `insertBlock` returned it. */
  inserted: string;
  /** The cluster's DNS has answered from it. */
  proven: boolean;
}

/**
 * What is needed to take the stub domain out again; written to the anchor before each write to the Corefile.
 */
export interface StubRecord {
  version: 1;
  target: ObjectName;
  /** During a change the old one and the new one: either may be there. */
  blocks: RecordedBlock[];
  /** Who owned the Corefile before the first write. */
  owners: ManagedFields[];
  /** The installation that is going on. */
  installing?: {
    specHash: string;
    /** When the block was about to be written; the time limit of the proof counts from here. */
    since: string;
  };
  /** Absent: nobody has undone our writes lately. */
  undone?: Undone;
  /** During removal: when the target was seen without our blocks, which the cluster's DNS has yet to notice. */
  outSince?: string;
}

/** The record on an anchor can't be used. */
export class RecordError extends Error {
  override readonly name = "RecordError";
}

/**
 * The record on an anchor, or undefined when nothing was ever written.
 *
 * @throws RecordError when it is there and not understood; the Corefile must not be touched on a guess
 */
export function readRecord(anchor: ConfigMap): StubRecord | undefined {
  const text = anchor.metadata.annotations?.[RECORD_ANNOTATION];
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RecordError(`annotation ${RECORD_ANNOTATION} of the anchor is not JSON`);
  }
  const problem = problemOf(value);
  if (problem) throw new RecordError(`annotation ${RECORD_ANNOTATION} of the anchor: ${problem}`);
  return value as StubRecord;
}

function problemOf(value: unknown): string | undefined {
  if (!isObject(value)) return "expected an object";
  if (value.version !== 1) return "written by another version of k8s-egress: remove it with that version";
  const { target, blocks, owners, installing, undone, outSince } = value;
  if (!isObject(target) || typeof target.namespace !== "string" || typeof target.name !== "string") {
    return "target is no namespace and name";
  }
  if (!Array.isArray(owners) || !owners.every(isObject)) return "owners is no list of managedFields entries";
  if (installing !== undefined && !isInstalling(installing)) return "installing has no specHash and no time";
  if (undone !== undefined && !isUndone(undone)) return "undone has no times, time and version";
  if (outSince !== undefined && !isTime(outSince)) return "outSince is no time";
  if (!Array.isArray(blocks)) return "blocks is no list";
  return blocks.map(problemOfBlock).find((problem) => problem !== undefined);
}

function problemOfBlock(block: unknown): string | undefined {
  if (!isObject(block) || typeof block.domain !== "string" || typeof block.inserted !== "string") {
    return "a block has no domain or no text";
  }
  if (typeof block.proven !== "boolean") return "a block does not say whether it was proven";
  try {
    const { zone } = zoneOf(singleBlock(block.inserted));
    // The text decides what is taken out: it must not name another zone than the block says.
    return zone === `${block.domain}.`
      ? undefined
      : `the text of the block for ${block.domain} is for ${zone}`;
  } catch (error) {
    if (error instanceof CorefileError) return error.message;
    throw error;
  }
}

function isInstalling(value: unknown): boolean {
  return isObject(value) && typeof value.specHash === "string" && isTime(value.since);
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
