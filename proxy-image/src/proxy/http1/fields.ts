import { explainFields } from "./client/explain-fields";
import { MalformedMessageError } from "./malformed";

/**
 * Field lines (RFC 9112 §5): a token, a colon directly after it, a value without control characters, CRLF. Line
 * folding, a bare CR or LF, and a blank before the colon are invalid: parsers have disagreed about each of them.
 */
export const FIELD_LINES = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/;

/**
 * The fields of a header or trailer section, flat: name, value, ... Values are trimmed.
 *
 * @param lines field lines as latin1, each with its CRLF, from `start` to the end
 * @throws MalformedMessageError
 */
export function parseFields(lines: string, start: number): string[] {
  const section = start === 0 ? lines : lines.slice(start);
  if (!FIELD_LINES.test(section)) {
    throw new MalformedMessageError(explainFields(lines, start) ?? "a field line breaks the grammar");
  }
  const fields: string[] = [];
  for (let at = 0; at < section.length;) {
    const colon = section.indexOf(":", at);
    const end = section.indexOf("\r\n", colon);
    fields.push(section.slice(at, colon), withoutBlanks(section, colon + 1, end));
    at = end + 2;
  }
  return fields;
}

/** Optional whitespace (RFC 9110 §5.6.3) is blanks and tabs; `trim` would remove more. */
function withoutBlanks(text: string, from: number, to: number): string {
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
