import type { BodySink } from "./body";

/** The head of a response. */
export interface ResponseHead {
  readonly status: number;
  /** Header fields, flat: name, value, ... */
  readonly fields: readonly string[];
  /** Bytes of the body, if they are announced. */
  readonly length: number | undefined;
}

/** Receives a response, piece by piece. An exception from it ends the reading. */
export interface ResponseSink extends BodySink {
  /** An interim response (1xx but 101), or the final one. */
  onHead(head: ResponseHead): void;
}
