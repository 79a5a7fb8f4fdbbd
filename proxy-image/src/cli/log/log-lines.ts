/** Longest line that is read; the proxy's own lines are much shorter. */
const MOST_LINE = 65_536;

/**
 * The lines of a text that arrives in pieces, without their line ends. A line longer than `MOST_LINE` becomes an empty
 * line: a log may contain anything, and must not fill the memory.
 */
export async function* logLines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let line = "";
  let tooLong = false;
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf("\n"); end !== -1; end = piece.indexOf("\n", start)) {
      line += piece.slice(start, end);
      yield tooLong || line.length > MOST_LINE ? "" : line;
      line = "";
      tooLong = false;
      start = end + 1;
    }
    line += piece.slice(start);
    if (line.length <= MOST_LINE) continue;
    line = "";
    tooLong = true;
  }
  if (tooLong || line !== "") yield tooLong ? "" : line;
}
