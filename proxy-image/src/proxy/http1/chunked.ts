import type { PieceSink } from "../message/body";
import { chunkSize } from "./chunk-size";
import { parseFields } from "./fields";
import { framingOf } from "./framing";
import { MalformedMessageError, SectionTooLargeError } from "./malformed";

/** Bytes of a line with a chunk's size and extensions. Extensions are unused in practice, so real lines are short. */
const MOST_SIZE_LINE = 256;
/** Bytes of a trailer section. */
const MOST_TRAILER_BYTES = 16 * 1024;
/** Decodes the chunked transfer coding, strictly: whatever could be read in two ways is an error. */
export class ChunkedDecoder {
  /** Available after the last chunk and its trailers; flat: name, value, ... */
  trailers: string[] = [];
  /** Bytes of the current chunk that are still to come. */
  private left = 0;
  private state: "size" | "data" | "after" | "trailers" | "done" = "size";
  /** The first part of a line whose end has not arrived. */
  private line = "";

  /** @param lenient see {@link chunkSize} */
  constructor(private readonly lenient: boolean) {}

  get done(): boolean {
    return this.state === "done";
  }

  /**
   * @returns the index in `bytes` where the body ends; `bytes.length` if it continues
   * @throws MalformedMessageError, SectionTooLargeError
   */
  decode(bytes: Buffer, start: number, sink: PieceSink): number {
    let at = start;
    let first: Buffer | undefined;
    let all: Buffer[] | undefined;
    try {
      while (at < bytes.length && this.state !== "done") {
        if (this.state === "data") {
          const end = Math.min(bytes.length, at + this.left);
          const piece = bytes.subarray(at, end);
          if (first === undefined) first = piece;
          else (all ??= [first]).push(piece);
          this.left -= end - at;
          at = end;
          if (this.left === 0) this.state = "after";
        } else at = this.readLine(bytes, at);
      }
    } finally {
      // Coalesce writes: one-byte chunks would cost one write each. What precedes a malformed chunk is passed on too.
      if (first !== undefined) sink.onBody(all === undefined ? first : Buffer.concat(all));
    }
    return at;
  }

  private readLine(bytes: Buffer, start: number): number {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed === -1 ? bytes.length : feed + 1;
    this.line += bytes.toString("latin1", start, end);
    const most = this.state === "trailers" ? MOST_TRAILER_BYTES : MOST_SIZE_LINE;
    if (this.line.length > most) throw new SectionTooLargeError("a line of the chunked coding is too long");
    if (feed !== -1) this.take();
    return end;
  }

  /** `line` ends with LF. In the trailer section it holds all lines so far. */
  private take(): void {
    const { line } = this;
    if (!line.endsWith("\r\n")) throw new MalformedMessageError("a line ends without CR");
    switch (this.state) {
      case "size": {
        const size = chunkSize(line.slice(0, -2), this.lenient);
        if (size === undefined) throw new MalformedMessageError("not a chunk's size");
        this.left = size;
        this.state = this.left === 0 ? "trailers" : "data";
        this.line = "";
        return;
      }
      case "after":
        if (line !== "\r\n") throw new MalformedMessageError("a chunk is longer than its size");
        this.state = "size";
        this.line = "";
        return;
      default:
        if (line !== "\r\n" && !line.endsWith("\r\n\r\n")) return;
        this.trailers = trailerFields(line.slice(0, -2));
        this.state = "done";
        this.line = "";
    }
  }
}

/** RFC 9110 §6.5.1: framing fields are invalid in trailers; a server that applied them would read another message. */
function trailerFields(lines: string): string[] {
  const fields = parseFields(lines, 0);
  const { length, chunked } = framingOf(fields);
  if (length !== undefined || chunked) throw new MalformedMessageError("framing among the trailers");
  return fields;
}

/** A chunk's size line. */
export function sizeLine(length: number): string {
  return `${length.toString(16)}\r\n`;
}
