/**
 * Replaces what a terminal would act upon: control characters (C0, C1, DEL), and those that reorder or hide text. Hosts
 * and paths in a log are what clients sent; an escape sequence among them must not reach the terminal.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
