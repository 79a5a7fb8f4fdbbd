import type { ManagedFields } from "../cluster/cluster";

/** A record that another writer removed our block from the target. */
export interface Undone {
  /** How many times in a row. */
  times: number;
  /** When that was last seen and dealt with. */
  at: string;
  /** The target's resourceVersion in which the block was missing. */
  version: string;
}

/** What to do about a block that was written and is missing. */
export type Reaction =
  /** Put it back: this occurrence has been counted. */
  | { do: "write" }
  /** Count it, then put it back. */
  | { do: "count"; undone: Undone }
  /** Leave it for now: two controllers that undo each other's writes would rewrite the target endlessly. */
  | { do: "hold"; until: string };

/** The first time it is put back at once; the pause before each further time doubles. */
const FIRST_PAUSE_MS = 30_000;
const LAST_PAUSE_MS = 10 * 60_000;

/** A block that stayed for this long resets the count: an occasional upgrade of an addon is no conflict. */
const FORGOTTEN_AFTER_MS = 30 * 60_000;

/**
 * Whether to put the block back, and when.
 *
 * @param undone the recorded removals
 * @param version of the target in which the block is missing now
 */
export function reactionTo(undone: Undone | undefined, version: string, now: Date): Reaction {
  if (undone?.version === version) return { do: "write" };
  const age = undone ? now.getTime() - Date.parse(undone.at) : Infinity;
  if (!undone || age > FORGOTTEN_AFTER_MS) {
    return { do: "count", undone: { times: 1, at: now.toISOString(), version } };
  }
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (undone.times - 1), LAST_PAUSE_MS);
  if (age < pause) return { do: "hold", until: new Date(Date.parse(undone.at) + pause).toISOString() };
  return { do: "count", undone: { times: undone.times + 1, at: now.toISOString(), version } };
}

/** The message that explains why nothing is written for now. */
export function overwritten(owners: ManagedFields[], { times }: Undone, until: string): string {
  const managers = [...new Set(owners.flatMap(({ manager }) => manager ?? []))];
  const who = managers.map((manager) => JSON.stringify(manager)).join(" and ") || "somebody";
  return (
    `${who} has overwritten the stub domain ${times + 1} times in a row; it is added again after ${until}. ` +
    'Let that one keep it, or write it itself (dns.mode "manual")'
  );
}

/** Whether a value from an annotation is an {@link Undone}. */
export function isUndone(value: unknown): value is Undone {
  const { times, at, version } = (value ?? {}) as Partial<Undone>;
  return (
    typeof times === "number" &&
    times >= 1 &&
    typeof at === "string" &&
    !Number.isNaN(Date.parse(at)) &&
    typeof version === "string"
  );
}
