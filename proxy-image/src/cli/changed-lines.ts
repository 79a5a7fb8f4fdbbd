/**
 * The lines of one stretch that was changed, marked with "-" where they went and with "+" where they came; empty ones
 * are not worth showing.
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
