import type { PieceSink } from "../message/body";
import { ChunkedDecoder } from "./chunked";

/** A body whose end is in the message: of a length told before, or chunked. */
export class BodyReader {
  private readonly chunked: ChunkedDecoder | undefined;
  /** Bytes that are still to come, where it is not chunked. */
  private left: number;

  /**
   * @param length bytes; undefined: it is chunked
   * @param lenient about the lines of chunks
   */
  constructor(length: number | undefined, lenient = false) {
    this.chunked = length === undefined ? new ChunkedDecoder(lenient) : undefined;
    this.left = length ?? 0;
  }

  get done(): boolean {
    return this.chunked ? this.chunked.done : this.left === 0;
  }

  /** Once it is done; flat: name, value, ... */
  get trailers(): readonly string[] {
    return this.chunked?.trailers ?? [];
  }

  /**
   * Hands on what is the body's.
   *
   * @returns where it ends in `bytes`: `bytes.length` where it goes on
   * @throws MalformedMessageError, SectionTooLargeError for a chunked coding that is none
   */
  read(bytes: Buffer, start: number, sink: PieceSink): number {
    if (this.chunked) return this.chunked.decode(bytes, start, sink);
    const end = Math.min(bytes.length, start + this.left);
    this.left -= end - start;
    sink.onBody(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
    return end;
  }
}
