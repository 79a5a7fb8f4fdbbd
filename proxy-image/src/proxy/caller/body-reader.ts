import { ChunkedDecoder } from "../http1/chunked";
import type { RequestHead } from "../http1/request-head";

/** Gets a request's body. */
export interface BodyConsumer {
  onBody(piece: Buffer): void;
  /** @param trailers flat: name, value, … */
  onEnd(trailers: readonly string[]): void;
}

/** A request's body as the caller sends it: of a length told before, or chunked. */
export class BodyReader {
  private readonly chunked: ChunkedDecoder | undefined;
  /** Bytes that are still to come, where it is not chunked. */
  private left: number;

  constructor({ chunked, contentLength }: RequestHead) {
    this.chunked = chunked ? new ChunkedDecoder() : undefined;
    this.left = Number(contentLength ?? 0);
  }

  get done(): boolean {
    return this.chunked ? this.chunked.done : this.left === 0;
  }

  /** Once it is done; flat: name, value, … */
  get trailers(): readonly string[] {
    return this.chunked?.trailers ?? [];
  }

  /**
   * Hands on what is the body's.
   *
   * @returns where it ends in `bytes`: `bytes.length` where it goes on
   * @throws MalformedMessageError, SectionTooLargeError for a chunked coding that is none
   */
  read(bytes: Buffer, consumer: BodyConsumer): number {
    if (this.chunked) return this.chunked.decode(bytes, 0, consumer);
    const end = Math.min(this.left, bytes.length);
    this.left -= end;
    consumer.onBody(end === bytes.length ? bytes : bytes.subarray(0, end));
    return end;
  }
}
