import type { MalformedReason } from "./grammar-rules";

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
/** Characters of a field's name that are shown. */
const MOST_NAME = 64;

/**
 * Explains why a header or trailer section is malformed. Reads each character once, and only after the parser's regular
 * expressions have failed, so valid messages cost nothing.
 *
 * @param text latin1; it may be cut anywhere
 * @param start where the section begins in `text`
 * @returns undefined if what is there is valid
 */
export function explainFields(text: string, start: number): MalformedReason | undefined {
  let at = start;
  let before: string | undefined;
  while (at < text.length) {
    const nameEnd = endOfToken(text, at);
    const name = text.slice(at, nameEnd);
    const broken = explainName(text, at, nameEnd, before);
    if (broken !== undefined || nameEnd === text.length || text.charCodeAt(nameEnd) !== COLON) return broken;
    const valueEnd = endOfText(text, nameEnd + 1);
    if (valueEnd === text.length) return undefined;
    const where = `in the field ${quoted(name)}`;
    const ending = explainLineEnd(text, valueEnd, where);
    if (ending === "cut") return undefined;
    if (ending) return ending;
    before = name;
    at = valueEnd + 2;
  }
  return undefined;
}

/**
 * @param end index after the name's token
 * @param before the field on the previous line; this line's own text is not shown, because it may be part of a value
 */
function explainName(
  text: string,
  start: number,
  end: number,
  before: string | undefined,
): MalformedReason | undefined {
  if (end === text.length) return undefined;
  const byte = text.charCodeAt(end);
  if (end > start && byte === COLON) return undefined;
  const where =
    before === undefined ? "on the first header line" : `on the line after the field ${quoted(before)}`;
  if (end === start && isBlank(byte)) return { rule: "line-folding", offset: end, where };
  if (end > start && isBlank(byte)) {
    const colon = endOfBlanks(text, end);
    if (text.charCodeAt(colon) === COLON) {
      return { rule: "field-space", offset: end, byte, where: `after ${quoted(text.slice(start, end))}` };
    }
  }
  if (byte === CR || byte === LF) {
    const ending = explainLineEnd(text, end, where);
    if (ending === "cut") return undefined;
    return ending ?? (end === start ? undefined : { rule: "field-colon", offset: end, where });
  }
  return { rule: "field-name", offset: end, byte, where };
}

/**
 * Explains an invalid line end.
 *
 * @param at index of the first character after the line's text
 * @returns "cut" if the text ends before the line end is complete; undefined for CR LF
 */
export function explainLineEnd(text: string, at: number, where: string): MalformedReason | "cut" | undefined {
  const byte = text.charCodeAt(at);
  if (byte === LF) return { rule: "bare-line-feed", offset: at, where };
  if (byte !== CR) return { rule: "field-value", offset: at, byte, where };
  if (at + 1 === text.length) return "cut";
  return text.charCodeAt(at + 1) === LF ? undefined : { rule: "bare-carriage-return", offset: at, where };
}

/** Index after the token (RFC 9110 §5.6.2). */
export function endOfToken(text: string, start: number): number {
  const token = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/g;
  token.lastIndex = start;
  return token.exec(text)?.index ?? text.length;
}

/** Index after the characters that are valid in a value (RFC 9110 §5.5). */
function endOfText(text: string, start: number): number {
  const control = /[^\t\x20-\x7e\x80-\xff]/g;
  control.lastIndex = start;
  return control.exec(text)?.index ?? text.length;
}

function endOfBlanks(text: string, start: number): number {
  let at = start;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function quoted(name: string): string {
  return `"${name.length > MOST_NAME ? `${name.slice(0, MOST_NAME)}...` : name}"`;
}
