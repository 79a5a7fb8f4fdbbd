import { type Shape, FormatError, number, object, text } from "./shape";

/** Bytes as a text of latin1; the third party and the tests' client send them as they are. */
export type Bytes = string;

const BEYOND_LATIN1 = /[^\0-\xff]/;
const repeated = object({ repeat: text, times: number });
const RIGHT =
  "a text whose characters are bytes, or a list of such texts and { repeat: text, times: number }";

/** One text, or a list of pieces for what is long. */
export const bytes: Shape<Bytes> = {
  what: RIGHT,
  read(value, at) {
    if (value === undefined) throw new FormatError(at, "is missing", RIGHT);
    const pieces: unknown[] = Array.isArray(value) ? value : [value];
    const read = pieces.map((piece, index) => {
      if (typeof piece === "string") return piece;
      const { repeat, times } = repeated.read(piece, Array.isArray(value) ? `${at}[${index}]` : at);
      return repeat.repeat(times);
    });
    const whole = read.join("");
    const beyond = BEYOND_LATIN1.exec(whole);
    if (beyond) throw new FormatError(at, `has the character "${beyond[0]}", which is no byte`, "\\xNN");
    return whole;
  },
};

/** Puts a name or a variant in the place of the letter that stands for it, where the letter stands alone. */
export function filledIn(template: string, letter: "H" | "V", value: string): string {
  return template.replace(new RegExp(`(?<![\\w-])${letter}(?![\\w-])`, "g"), () => value);
}
