import type { ForwardedBody } from "../exchange/parts";
import type { BodySink, BodySource } from "../message/body";
import type { RequestHead } from "../message/request-head";
import { isStream } from "../message/fields/streams";
import { requestTrailers } from "../message/fields/trailers";
import type { UpstreamStream } from "../message/upstream-stream";

/** The request's body on its way to the third party: piece by piece, at the pace of the slower side. */
export class RequestBody implements BodySink, ForwardedBody {
  /** Bytes so far. */
  bytes = 0;
  /** It has been written to its end. */
  complete = false;
  readonly streams: boolean;
  /** Since when the client has been waited for, on the exchanges' clock; 0 while it is not waited for. */
  waitingSince = 0;
  /** Since when the third party has been waited for to take more; 0 while it takes all. */
  blockedSince = 0;
  private stream: UpstreamStream | undefined;
  /** Is called when the client sends without waiting for leave. */
  private onFirst: (() => void) | undefined;

  /**
   * @param most bytes that the upstream allows
   * @param onTooLarge is called when there are more; then nothing more is sent
   * @param onComplete is called when all has been written
   */
  constructor(
    private readonly client: BodySource,
    private readonly head: RequestHead,
    private readonly most: number,
    private readonly onTooLarge: () => void,
    private readonly onComplete: () => void,
  ) {
    this.streams = head.chunked && isStream(head.fields);
  }

  /**
   * Begins to send; before, nothing is read from the client.
   *
   * @param onFirst where the client may be waiting for leave to send: is called when it sends all the same
   */
  start(stream: UpstreamStream, onFirst?: () => void): void {
    this.stream = stream;
    this.onFirst = onFirst;
    if (!onFirst) this.waitingSince = performance.now();
    this.client.read(this);
  }

  /** The client has leave to send, or needs none. */
  proceed(): void {
    this.onFirst = undefined;
    this.waitingSince = performance.now();
  }

  /** The third party takes more. */
  resume(): void {
    if (!this.stream) return;
    this.blockedSince = 0;
    this.waitingSince = performance.now();
    this.client.resume();
  }

  /** Sends nothing more. What still comes is read and dropped, so that the client can read its response. */
  stop(): void {
    this.stream = undefined;
    this.waitingSince = 0;
    this.blockedSince = 0;
    if (!this.complete) this.client.drop();
  }

  onBody(piece: Buffer): void {
    const { stream } = this;
    if (!stream) return;
    this.onFirst?.();
    this.bytes += piece.length;
    if (this.bytes > this.most) {
      this.stop();
      this.onTooLarge();
      return;
    }
    const more = stream.write(piece, () => giveBack(piece));
    this.waitingSince = performance.now();
    if (more) return;
    this.blockedSince = this.waitingSince;
    this.waitingSince = 0;
    this.client.pause();
  }

  onEnd(trailers: readonly string[]): void {
    const { stream } = this;
    this.complete = true;
    if (!stream) return;
    this.stream = undefined;
    this.waitingSince = 0;
    this.blockedSince = 0;
    // Not unannounced: a reader that looks for none would take them for the next request.
    stream.end(this.head.announcesTrailers ? requestTrailers(trailers) : []);
    this.onComplete();
  }
}

/**
 * Frees the memory of a piece that has been sent, where it is the piece's alone: each read is 64 KiB, and the garbage
 * collector, which sees them too late, took a third of the processor's time under large bodies.
 */
function giveBack(piece: Buffer): void {
  if (piece.length === piece.buffer.byteLength) (piece.buffer as ArrayBuffer).transfer(0);
}
