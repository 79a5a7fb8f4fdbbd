/** Receives the pieces of a body. */
export interface PieceSink {
  /** A piece of the body; valid only during the call, unless the source says otherwise. */
  onBody(piece: Buffer): void;
}

/** Receives a whole body. */
export interface BodySink extends PieceSink {
  /** @param trailers flat: name, value, ... */
  onEnd(trailers: readonly string[]): void;
}

/** A body that is read at the speed of its sink. */
export interface BodySource {
  /** From now on the body is read, as `pause` and `resume` allow. */
  read(sink: BodySink): void;
  pause(): void;
  resume(): void;
  /** The rest of the body is read and dropped. */
  drop(): void;
}
