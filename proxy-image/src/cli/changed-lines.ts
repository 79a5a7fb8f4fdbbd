/**
 * The changed lines between two texts, which differ in one contiguous part: removed lines marked with "-", added ones
 * with "+". Empty lines are left out.
 */
export function changedLines(before: string, after: string): string[] {
  const [some, others] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < some.length && start < others.length && some[start] === others[start]) start++;
  let [end, otherEnd] = [some.length, others.length];
  while (end > start && otherEnd > start && some[end - 1] === others[otherEnd - 1]) {
    end--;
    otherEnd--;
  }
  const marked = (lines: string[], mark: string) =>
    lines.filter((line) => line.trim() !== "").map((line) => `${mark} ${line}`);
  return [...marked(some.slice(start, end), "-"), ...marked(others.slice(start, otherEnd), "+")];
}
