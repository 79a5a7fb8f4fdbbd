/** Longest line that is read; the proxy's own stay far below. */
const MOST_LINE = 65_536;

/**
 * The lines of a text that comes in pieces, without their ends. A longer one than any of the proxy's comes as an empty
 * line: a log can hold anything, and none of it may fill the memory.
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
