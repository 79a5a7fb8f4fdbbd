import { isDeepStrictEqual } from "node:util";
import type { TargetObject } from "../cluster/cluster";
import { targetOf } from "../targets/all";
import { TargetError } from "../targets/error";
import { textOf } from "../targets/object";
import type { Format } from "../targets/target";
import type { Action, WriteReason } from "./action";
import { formerOwners, handBack } from "./ownership";
import type { RecordedBlock, StubRecord } from "./record";

/** The intended state of the target. */
export interface RemovalGoal {
  /** Blocks of the record that stay, or are restored. */
  keep: RecordedBlock[];
  reason: WriteReason;
}

/**
 * The next step towards a target without our blocks, owned by its former owners; `release` when done.
 *
 * @param record absent: nothing was ever written
 * @param object the target; absent: it was deleted, and our blocks with it
 */
export function planRemoval(
  record: StubRecord | undefined,
  object: TargetObject | undefined,
  { keep, reason }: RemovalGoal = { keep: [], reason: "remove" },
): Action {
  if (!record || !object) return { do: "release" };
  const { field, format } = targetOf(record.target);
  const before = textOf(object, field);
  if (before === undefined) return { do: "release" };
  let text: string;
  try {
    text = withBlocks(format, before, record.blocks, keep);
    if (text !== before) {
      const owners = formerOwners(object, field, record.owners);
      if (!isDeepStrictEqual(owners, record.owners)) return { do: "record", record: { ...record, owners } };
      return { do: "write", text: record.made && format.isBlank(text) ? undefined : text, reason };
    }
  } catch (error) {
    if (error instanceof TargetError) return { do: "problem", message: error.message };
    throw error;
  }
  const managedFields = keep.length === 0 ? handBack(object, field, record.owners) : undefined;
  return managedFields ? { do: "handBack", managedFields } : { do: "release" };
}

/** The text with some of the recorded blocks and without the others. */
function withBlocks(
  format: Format,
  before: string,
  recorded: RecordedBlock[],
  keep: RecordedBlock[],
): string {
  const leaving = recorded.filter((block) => !keep.includes(block)).map(({ inserted }) => inserted);
  let text = before;
  // First those that are present: a missing one may have been replaced by another one of ours, in the same zone.
  const [there, absent] = partition(leaving, (inserted) => tolerant(() => format.has(before, inserted)));
  for (const inserted of there) text = format.remove(text, inserted);
  for (const { inserted } of keep) if (!format.has(text, inserted)) text = format.insert(text, inserted);
  const kept = new Set(keep.map(({ domain }) => domain));
  for (const block of recorded) {
    if (absent.includes(block.inserted) && !kept.has(block.domain))
      text = format.remove(text, block.inserted);
  }
  return text;
}

/** Treats a text that can't be parsed as no match: `remove` decides what is still possible, and reports the rest. */
function tolerant(test: () => boolean): boolean {
  try {
    return test();
  } catch (error) {
    if (error instanceof TargetError) return false;
    throw error;
  }
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
