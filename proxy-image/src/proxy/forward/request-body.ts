import type { ForwardedBody } from "../exchange/parts";
import type { BodySink, BodySource } from "../message/body";
import type { RequestHead } from "../message/request-head";
import { isStream } from "../message/fields/streams";
import { requestTrailers } from "../message/fields/trailers";
import type { UpstreamStream } from "../message/upstream-stream";

/** Sends the request's body to the third party, piece by piece, at the pace of the slower side. */
export class RequestBody implements BodySink, ForwardedBody {
  /** Bytes so far. */
  bytes = 0;
  /** The whole body has been written. */
  complete = false;
  readonly streams: boolean;
  /** When the wait for the client began, on the exchanges' clock; 0 if the body does not wait for it. */
  waitingSince = 0;
  /** When the third party stopped taking bytes; 0 while it takes them. */
  blockedSince = 0;
  private stream: UpstreamStream | undefined;
  /** Called when the client sends its body without waiting for `100 Continue`. */
  private onFirst: (() => void) | undefined;

  /**
   * @param most bytes that the upstream allows
   * @param onTooLarge called when there are more; then nothing more is sent
   * @param onComplete called when the whole body has been written
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
   * Begins to send. Nothing is read from the client before.
   *
   * @param onFirst called if the client, which may wait for `100 Continue`, sends without it
   */
  start(stream: UpstreamStream, onFirst?: () => void): void {
    this.stream = stream;
    this.onFirst = onFirst;
    if (!onFirst) this.waitingSince = performance.now();
    this.client.read(this);
  }

  /** The client has got `100 Continue`, or needs none. */
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

  /** Sends nothing more. What still arrives is read and dropped, so that the client can read its response. */
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
    // Unannounced trailers are not sent: a server that expects none would read them as the next request.
    stream.end(this.head.announcesTrailers ? requestTrailers(trailers) : []);
    this.onComplete();
  }
}

/**
 * Frees the memory of a piece that has been sent, if no other piece shares it. Each read allocates 64 KiB; the garbage
 * collector frees them too late, and took a third of the processor's time under large bodies.
 */
function giveBack(piece: Buffer): void {
  if (piece.length === piece.buffer.byteLength) (piece.buffer as ArrayBuffer).transfer(0);
}
