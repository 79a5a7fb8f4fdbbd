const MAX_LENGTH = 1000;

/**
 * A text for a log, a status or an event, in one line and of bounded length: it may quote a Corefile or an answer, in
 * which anything can stand.
 */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, (characters) =>
    JSON.stringify(characters).slice(1, -1),
  );
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
}
