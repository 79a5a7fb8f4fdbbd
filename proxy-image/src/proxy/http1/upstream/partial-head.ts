import { FIELD_LINES } from "../fields";
import { MalformedMessageError } from "../malformed";

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DELETE = 0x7f;

/**
 * Checks the part of a head that has arrived, so that an invalid head is an error at once. Otherwise a response with
 * bare line feeds, in which the end of a head is never found, would wait for a time-out. Each byte is checked twice,
 * whatever pieces the bytes arrive in.
 */
export class PartialHead {
  /** Bytes whose control characters and line ends are valid. */
  private scanned = 0;
  /** Bytes of whole lines that are valid. */
  private checked = 0;

  /**
   * @param startLine matches a start line with its CRLF, at the beginning of a text
   */
  constructor(private readonly startLine: RegExp) {}

  /**
   * @param head all that has arrived of the head
   * @throws MalformedMessageError
   */
  check(head: Buffer): void {
    let lineEnd = 0;
    for (let at = this.scanned; at < head.length; at++) {
      const code = head[at]!;
      if (code === LF) {
        if (head[at - 1] !== CR) throw new MalformedMessageError("a line ends without CR");
        lineEnd = at + 1;
      } else if (at > 0 && head[at - 1] === CR) throw new MalformedMessageError("a CR that ends no line");
      else if ((code < SPACE && code !== TAB && code !== CR) || code === DELETE) {
        throw new MalformedMessageError("a control character");
      }
    }
    this.scanned = head.length;
    if (lineEnd > 0) this.checkLines(head.toString("latin1", this.checked, lineEnd));
  }

  private checkLines(lines: string): void {
    let fields = lines;
    if (this.checked === 0) {
      const start = this.startLine.exec(lines);
      if (!start) throw new MalformedMessageError("not a start line");
      fields = lines.slice(start[0].length);
    }
    if (!FIELD_LINES.test(fields)) throw new MalformedMessageError("a field line breaks the grammar");
    this.checked += lines.length;
  }
}
