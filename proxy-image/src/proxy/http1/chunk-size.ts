const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;

/** Hexadecimal digits after leading zeros: at most 2^48 - 1 bytes, which is exact as a number. */
const MOST_DIGITS = 12;

/** RFC 9110 §5.6.2, by character code. */
const TOKEN = table("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

/**
 * Reads the line of a chunk (RFC 9112 §7.1): a size in hexadecimal digits, then extensions, which are dropped. One
 * pass, no backtracking.
 *
 * @param line without its CRLF
 * @param lenient also accepts "bad whitespace" around an extension's parts. RFC 9112 §7.1.1 asks recipients to do so.
 * In requests it is rejected, because llhttp rejects it, and two parsers must not disagree about a request.
 * @returns bytes of the chunk; undefined for a line that breaks the grammar
 */
export function chunkSize(line: string, lenient: boolean): number | undefined {
  let at = 0;
  while (line.charCodeAt(at) === 0x30) at++;
  const zeros = at;
  let size = 0;
  for (; at < line.length; at++) {
    const digit = hexDigit(line.charCodeAt(at));
    if (digit === -1) break;
    if (at - zeros >= MOST_DIGITS) return undefined;
    size = size * 16 + digit;
  }
  if (at === 0) return undefined;
  return isExtensions(line, at, lenient) ? size : undefined;
}

function isExtensions(line: string, start: number, lenient: boolean): boolean {
  const blanks = (at: number): number => {
    if (lenient) while (line.charCodeAt(at) === SPACE || line.charCodeAt(at) === TAB) at++;
    return at;
  };
  let at = start;
  while (at < line.length) {
    const semicolon = blanks(at);
    if (line.charCodeAt(semicolon) !== SEMICOLON) return false;
    const name = blanks(semicolon + 1);
    at = endOfToken(line, name);
    if (at === name) return false;
    const equals = blanks(at);
    if (line.charCodeAt(equals) !== EQUALS) continue;
    const value = blanks(equals + 1);
    at = line.charCodeAt(value) === QUOTE ? endOfQuoted(line, value) : endOfToken(line, value);
    if (at === value) return false;
  }
  return true;
}

function endOfToken(line: string, at: number): number {
  while (TOKEN[line.charCodeAt(at)] === 1) at++;
  return at;
}

/** @returns the index after the closing quote; `start` if there is none (RFC 9110 §5.6.4) */
function endOfQuoted(line: string, start: number): number {
  for (let at = start + 1; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at++;
    if (!isText(line.charCodeAt(at))) return start;
  }
  return start;
}

/** Tab, visible characters, and characters beyond ASCII. */
function isText(code: number): boolean {
  return code === TAB || (code >= SPACE && code !== 0x7f);
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function table(characters: string): Uint8Array {
  const codes = new Uint8Array(256);
  for (const character of characters) codes[character.charCodeAt(0)] = 1;
  return codes;
}
