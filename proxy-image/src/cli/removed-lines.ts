/** The lines that one text has and the other lacks, where only one stretch was taken out, marked with "-"; empty ones are not worth showing. */
export function removedLines(before: string, after: string): string[] {
  const [some, others] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < others.length && some[start] === others[start]) start++;
  const end = some.length - (others.length - start);
  return some
    .slice(start, end)
    .filter((line) => line.trim() !== "")
    .map((line) => `- ${line}`);
}
