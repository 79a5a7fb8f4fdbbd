const PERCENT = 0x25;
const LETTER_U = 0x75;
const ASCII = /^[\0-\x7f]*$/;

/**
 * Decodes every percent-escape, including those that decoding creates (`%255f` is `_`), and IIS's `%u005f`. One pass: a
 * decoded character can only complete an escape that ends with it.
 *
 * @returns UTF-16 if `%u` was used, otherwise one character for each byte
 */
export function decodeFully(text: string): string {
  if (!text.includes("%")) return text;
  const codes = new Uint16Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    codes[length++] = text.charCodeAt(i);
    for (let shorter = collapse(codes, length); shorter !== length; shorter = collapse(codes, length)) {
      length = shorter;
    }
  }
  return Buffer.from(codes.buffer, 0, 2 * length).toString("utf16le");
}

/** Replaces an escape at the end by its character. @returns the new length */
function collapse(codes: Uint16Array, length: number): number {
  if (length >= 3 && codes[length - 3] === PERCENT) {
    const code = hex(codes, length - 2, length);
    if (code !== -1) {
      codes[length - 3] = code;
      return length - 2;
    }
  }
  if (length >= 6 && codes[length - 6] === PERCENT && (codes[length - 5]! | 0x20) === LETTER_U) {
    const code = hex(codes, length - 4, length);
    if (code !== -1) {
      codes[length - 6] = code;
      return length - 5;
    }
  }
  return length;
}

/** @returns the number; -1 if a character is not a hexadecimal digit */
function hex(codes: Uint16Array, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i++) {
    const code = codes[i]!;
    const letter = code | 0x20;
    if (code >= 0x30 && code <= 0x39) number = number * 16 + code - 0x30;
    else if (letter >= 0x61 && letter <= 0x66) number = number * 16 + letter - 0x57;
    else return -1;
  }
  return number;
}

/**
 * The ASCII text that a server sees if it normalises (NFKC) or drops characters that it does not know; in lower case.
 * Each character is normalised alone: a run of combining marks would make normalisation sort.
 */
export function foldToAscii(decoded: string): string {
  if (ASCII.test(decoded)) return decoded.toLowerCase();
  let folded = "";
  for (const character of inUnicode(decoded)) {
    folded += character < "\x80" ? character : character.normalize("NFKC").replace(/[^\0-\x7f]/g, "");
  }
  return folded.toLowerCase();
}

/** Reads the bytes as UTF-8. */
function inUnicode(decoded: string): string {
  return /[^\0-\xff]/.test(decoded) ? decoded : Buffer.from(decoded, "latin1").toString("utf8");
}
