/** What one kind of abuse came to. */
export interface Figure {
  name: string;
  /** How many were tried. */
  tried: number;
  /** How many at least; fewer is a failure of the suite. */
  atLeast: number;
  /** Counts by what became of them. */
  outcomes: Record<string, number>;
  /** What must not happen, each with an example; empty when all is well. */
  violations: string[];
}

/** Adds one to an outcome. */
export function count(outcomes: Record<string, number>, outcome: string): void {
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
}

/** One line for people. */
export function line({ name, tried, outcomes, violations }: Figure): string {
  const parts = Object.entries(outcomes).map(([outcome, number]) => `${number} ${outcome}`);
  return `${violations.length === 0 ? "ok  " : "FAIL"} ${name}: ${tried} tried, ${parts.join(", ")}`;
}

/** Runs a step for each item, a few at a time. */
export async function each<T>(
  items: readonly T[],
  parallel: number,
  step: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) await step(items[next++]!);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}
