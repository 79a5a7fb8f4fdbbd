const MAX_LENGTH = 1000;

/**
 * Makes a text fit for a log, a status or an event: one line of bounded length. The text may quote a Corefile or an
 * answer, which can contain anything.
 */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, (characters) =>
    JSON.stringify(characters).slice(1, -1),
  );
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
}
