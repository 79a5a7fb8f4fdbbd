/** Gets the pieces of a body. */
export interface PieceSink {
  /** A piece of the body; it is the receiver's for the time of the call only, unless the source says otherwise. */
  onBody(piece: Buffer): void;
}

/** Gets a whole body. */
export interface BodySink extends PieceSink {
  /** @param trailers flat: name, value, ... */
  onEnd(trailers: readonly string[]): void;
}

/** A body that is read at the pace of its sink. */
export interface BodySource {
  /** From now on the body comes, as `pause` and `resume` let it. */
  read(sink: BodySink): void;
  pause(): void;
  resume(): void;
  /** What still comes is read and dropped. */
  drop(): void;
}
