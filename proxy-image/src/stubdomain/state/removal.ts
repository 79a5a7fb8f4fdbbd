import { isDeepStrictEqual } from "node:util";
import type { ConfigMap } from "../cluster/cluster";
import { hasBlock, insertBlock, removeBlock } from "../corefile/edit";
import { CorefileError } from "../corefile/error";
import { parseCorefile } from "../corefile/server-blocks";
import type { Action, WriteReason } from "./action";
import { COREFILE_KEY, formerOwners, handBack } from "./ownership";
import type { RecordedBlock, StubRecord } from "./record";

/** How to leave the Corefile. */
export interface RemovalGoal {
  /** Blocks of the record that stay, or come back. */
  keep: RecordedBlock[];
  reason: WriteReason;
}

/**
 * The next step towards a Corefile without our blocks, owned by those who owned it before; `release` when there.
 *
 * @param record absent: nothing was ever written
 * @param target absent: it was deleted, and our blocks with it
 */
export function planRemoval(
  record: StubRecord | undefined,
  target: ConfigMap | undefined,
  { keep, reason }: RemovalGoal = { keep: [], reason: "remove" },
): Action {
  const corefile = target?.data?.[COREFILE_KEY];
  if (!record || !target || corefile === undefined) return { do: "release" };
  let text: string;
  try {
    text = withBlocks(corefile, record.blocks, keep);
  } catch (error) {
    if (error instanceof CorefileError) return { do: "problem", message: error.message };
    throw error;
  }
  if (text !== corefile) {
    const owners = formerOwners(target, record.owners);
    if (!isDeepStrictEqual(owners, record.owners)) return { do: "record", record: { ...record, owners } };
    return { do: "write", text, reason };
  }
  const managedFields = keep.length === 0 ? handBack(target, record.owners) : undefined;
  return managedFields ? { do: "handBack", managedFields } : { do: "release" };
}

/** The Corefile with some of the recorded blocks and without the others. */
function withBlocks(corefile: string, recorded: RecordedBlock[], keep: RecordedBlock[]): string {
  const leaving = recorded.filter((block) => !keep.includes(block)).map(({ inserted }) => inserted);
  const isThere = (text: string, inserted: string) => hasBlock(parseCorefile(text), inserted);
  let text = corefile;
  // Those that are there first: one that is not may have been replaced by another one of ours, in the same zone.
  const [there, absent] = partition(leaving, (inserted) => tolerant(() => isThere(corefile, inserted)));
  for (const inserted of there) text = removeBlock(text, inserted).text;
  for (const { inserted } of keep)
    if (!isThere(text, inserted)) text = insertBlock(text, inserted.slice(1)).text;
  const kept = new Set(keep.map(({ domain }) => domain));
  for (const block of recorded) {
    if (absent.includes(block.inserted) && !kept.has(block.domain))
      text = removeBlock(text, block.inserted).text;
  }
  return text;
}

/** A text that can't be read is left to `removeBlock`, which knows what is still possible and says what is not. */
function tolerant(test: () => boolean): boolean {
  try {
    return test();
  } catch (error) {
    if (error instanceof CorefileError) return false;
    throw error;
  }
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
