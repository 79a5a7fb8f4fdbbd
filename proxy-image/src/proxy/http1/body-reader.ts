import type { PieceSink } from "../message/body";
import { ChunkedDecoder } from "./chunked";

/** Reads a body whose end is in the message: one with a Content-Length, or chunked. */
export class BodyReader {
  private readonly chunked: ChunkedDecoder | undefined;
  /** Bytes that are still to come if the body is not chunked. */
  private left: number;

  /**
   * @param length bytes; undefined: the body is chunked
   * @param lenient about the lines of chunks
   */
  constructor(length: number | undefined, lenient = false) {
    this.chunked = length === undefined ? new ChunkedDecoder(lenient) : undefined;
    this.left = length ?? 0;
  }

  get done(): boolean {
    return this.chunked ? this.chunked.done : this.left === 0;
  }

  /** Available when the body is complete; flat: name, value, ... */
  get trailers(): readonly string[] {
    return this.chunked?.trailers ?? [];
  }

  /**
   * Passes the body's bytes to `sink`.
   *
   * @returns the index in `bytes` where the body ends; `bytes.length` if it continues
   * @throws MalformedMessageError, SectionTooLargeError for an invalid chunked coding
   */
  read(bytes: Buffer, start: number, sink: PieceSink): number {
    if (this.chunked) return this.chunked.decode(bytes, start, sink);
    const end = Math.min(bytes.length, start + this.left);
    this.left -= end - start;
    sink.onBody(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
    return end;
  }
}
