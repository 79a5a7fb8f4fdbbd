import { RECORD_ANNOTATION } from "../../contract/stub-domain/anchor";
import type { ConfigMap, ManagedFields } from "../cluster/cluster";
import { targetOf } from "../targets/all";
import { TargetError } from "../targets/error";
import { TARGET_KINDS, TARGET_SHAPES, type TargetRef } from "../../contract/stub-domain/target-ref";
import { isUndone, type Undone } from "./contention";

/** An entry that may be in the target. */
export interface RecordedBlock {
  domain: string;
  /** Exactly what was inserted. */
  inserted: string;
  /** The cluster's DNS has answered from it. */
  proven: boolean;
}

/** Everything needed to remove the stub domain; written to the anchor before each write to the target. */
export interface StubRecord {
  version: 1;
  target: TargetRef;
  /** During a change both the old and the new one: either may be there. */
  blocks: RecordedBlock[];
  /** The owners of the text before the first write. */
  owners: ManagedFields[];
  /** The target's field did not exist; it is removed again when nothing else is in it. */
  made?: true;
  /** The installation in progress. */
  installing?: {
    specHash: string;
    /** When the block was about to be written; the proof's time limit starts here. */
    since: string;
  };
  /** Absent: no writer has undone our writes lately. */
  undone?: Undone;
  /** During removal: when the target was first seen without our blocks. The cluster's DNS has yet to apply that. */
  outSince?: string;
}

/** The record on an anchor is invalid. */
export class RecordError extends Error {
  override readonly name = "RecordError";
}

/**
 * The record on an anchor, or undefined if nothing was ever written.
 *
 * @throws RecordError if it can't be parsed; the target must not be changed on a guess
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
  const { target, blocks, owners, installing, made, undone, outSince } = value;
  if (!isTarget(target)) return "target is no kind, namespace and name of a target";
  if (made !== undefined && made !== true) return "made is neither true nor absent";
  if (!Array.isArray(owners) || !owners.every(isObject)) return "owners is no list of managedFields entries";
  if (installing !== undefined && !isInstalling(installing)) return "installing has no specHash and no time";
  if (undone !== undefined && !isUndone(undone)) return "undone has no times, time and version";
  if (outSince !== undefined && !isTime(outSince)) return "outSince is no time";
  if (!Array.isArray(blocks)) return "blocks is no list";
  return blocks.map((block) => problemOfBlock(block, target)).find((problem) => problem !== undefined);
}

function isTarget(value: unknown): value is TargetRef {
  if (!isObject(value)) return false;
  const { kind = "coredns", namespace, name, key, corefile } = value;
  if (typeof namespace !== "string" || typeof name !== "string") return false;
  const known = TARGET_KINDS.find((one) => one === kind);
  if (known === undefined || !isTextOrAbsent(key) || !isTextOrAbsent(corefile)) return false;
  if (known === "openshift") return key === undefined && corefile === undefined;
  return key !== undefined || TARGET_SHAPES[known].key !== undefined;
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

function problemOfBlock(block: unknown, target: TargetRef): string | undefined {
  if (!isObject(block) || typeof block.domain !== "string" || typeof block.inserted !== "string") {
    return "a block has no domain or no text";
  }
  if (typeof block.proven !== "boolean") return "a block does not say whether it was proven";
  try {
    const domain = targetOf(target).format.domainOf(block.inserted);
    // The text decides what is removed: it must not name another domain than the block does.
    return domain === block.domain ? undefined : `the text of the block for ${block.domain} is for ${domain}`;
  } catch (error) {
    if (error instanceof TargetError) return error.message;
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
